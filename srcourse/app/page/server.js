// What the page asks of its server. All addresses are relative, so that it also works below a path.

const SLICE = 3 << 20; // bytes encoded at a time; a multiple of 3, so that the pieces join
const PATIENCE = 20_000; // ms until an unanswered question counts as lost
const TRIES = [500, 1000, 2000, 4000]; // ms between the tries to find a lost server again
const POLL = { first: 100, longest: 1000 }; // ms between two looks at a job

/** The server said no. `message` is its own sentence, `wait` the seconds of its Retry-After. */
export class Refused extends Error {
  constructor(message, status, wait) {
    super(message);
    Object.assign(this, { status, wait });
  }
}

/** The server cannot be reached. */
export class Lost extends Error {}

/** The file can no longer be read. */
export class Unreadable extends Error {}

/**
 * One request; gives the answer as a Blob. `sent` and `got` hear the share that went each way:
 * XMLHttpRequest, because fetch does not tell how far an upload is.
 */
function ask(method, path, { body, sent, got, signal, timeout = 0 } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.responseType = "blob";
    request.timeout = timeout;
    if (body) request.setRequestHeader("Content-Type", "application/json");
    if (sent) request.upload.onprogress = (event) => sent(event.loaded / event.total);
    if (got) request.onprogress = (event) => event.lengthComputable && got(event.loaded / event.total);
    const stop = () => request.abort();
    signal?.addEventListener("abort", stop);
    request.onloadend = () => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted) reject(signal.reason);
      else if (!request.status) reject(new Lost());
      else if (request.status < 400) resolve(request.response);
      else refusal(request).then(reject);
    };
    request.send(body);
  });
}

async function refusal(request) {
  const text = await request.response.text();
  let sentence;
  try {
    sentence = JSON.parse(text).error;
  } catch {
    // Not the server's own words: a proxy's page, say.
  }
  const wait = Number(request.getResponseHeader("Retry-After")) || 5;
  return new Refused(sentence ?? `The server answered with an error (${request.status}).`, request.status, wait);
}

async function json(...question) {
  const text = await (await ask(...question)).text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused("What answers here is not the course's server.", 502); // a sign-in page of a network, say
  }
}

/** {models, limits} of the server. */
export async function offer() {
  const [{ models }, limits] = await Promise.all(
    ["models", "limits"].map((path) => json("GET", path, { timeout: PATIENCE })));
  return { models, limits };
}

/** Ask the server to drop a job. Nobody waits for the answer, and the page may be closing. */
export function drop(id) {
  fetch(`jobs/${id}`, { method: "DELETE", keepalive: true }).catch(() => {});
}

/**
 * Have a file enhanced. `task` is {kind, model, scale, file}; its `id` is set once the server has
 * the job, and a task with an id goes on where the connection broke. `tell` hears
 * {step, share, seconds}; share is null where nobody knows it.
 * Gives {blob, name, seconds}. Throws Refused, Lost, Unreadable, or what `signal` was aborted with.
 */
export async function enhance(task, tell, signal) {
  if (task.id === undefined) await submit(task, tell, signal);
  let job;
  try {
    job = await finished(task.id, tell, signal);
  } catch (error) {
    if (error instanceof Refused) task.id = undefined;
    throw error;
  }
  tell({ step: "fetching", share: null });
  const blob = await ask("GET", `jobs/${task.id}/result`, { signal, got: (share) => tell({ step: "fetching", share }) });
  return { blob, name: job.FILENAME, seconds: job.seconds };
}

async function submit(task, tell, signal) {
  tell({ step: "reading", share: 0 });
  const body = await bodyOf(task, (share) => tell({ step: "reading", share }), signal);
  for (;;) {
    try {
      const sent = (share) => tell({ step: "sending", share });
      sent(0);
      task.id = (await json("POST", "jobs", { body, sent, signal })).id;
      return;
    } catch (error) {
      if (!(error instanceof Refused && error.status === 503)) throw error;
      for (let seconds = error.wait; seconds > 0; seconds -= 1) {
        tell({ step: "busy", share: null, seconds, wait: error.wait });
        await sleep(1000 * Math.min(1, seconds), signal);
      }
    }
  }
}

/** The request's JSON, the file in it as base64, made piece by piece so that the page stays awake. */
async function bodyOf({ kind, model, scale, file }, tell, signal) {
  const fields = { KIND: kind, MODEL: model, SCALE: scale, FILENAME: file.name };
  const parts = [`${JSON.stringify(fields).slice(0, -1)},"DATA":"`];
  for (let from = 0; from < file.size; from += SLICE) {
    signal.throwIfAborted();
    parts.push(new Blob([await base64(file.slice(from, from + SLICE))]));
    tell(Math.min(1, (from + SLICE) / file.size));
  }
  return new Blob([...parts, '"}'], { type: "application/json" });
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Unreadable());
    reader.readAsDataURL(blob);
  });
}

/** Follow a job to its end; a server that does not answer is asked a few times more. */
async function finished(id, tell, signal) {
  let pause = POLL.first;
  let tries = 0;
  for (;;) {
    let job;
    try {
      job = await json("GET", `jobs/${id}`, { signal, timeout: PATIENCE });
      tries = 0;
    } catch (error) {
      if (!(error instanceof Lost) || tries === TRIES.length) throw error;
      tell({ step: "lost", share: null });
      await sleep(TRIES[tries], signal);
      tries += 1;
      continue;
    }
    if (job.status === "done") return job;
    if (job.status === "failed") throw new Refused(job.error, 422);
    if (job.status === "cancelled") throw new Refused("The server stopped this job.", 410);
    tell({ step: job.status, share: job.total > 1 ? job.done / job.total : null, seconds: job.seconds });
    await sleep(pause, signal);
    pause = Math.min(POLL.longest, 1.4 * pause);
  }
}

function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
