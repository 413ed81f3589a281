/** Requests to the server of this page. Errors are objects with a message for a person, a hint, and a status. */

export class Refused extends Error {
  constructor(message, hint, status) {
    super(message);
    this.hint = hint;
    this.status = status;
  }
}

/** What an error says to a person: its message, and what to do. */
export const inWords = (error) => [error.message, error.hint].filter(Boolean).join(". ");

async function answered(address, options) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Refused("", "", 0);
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new Refused(said.error || answer.statusText, said.hint || "", answer.status);
}

export async function ask(method, path, body, query) {
  const address = query ? `${path}?${new URLSearchParams(query)}` : path;
  const options = { method };
  if (body instanceof Blob || body instanceof ArrayBuffer) options.body = body;
  else if (body !== undefined) options.body = JSON.stringify(body);
  return (await answered(address, options)).json();
}

export const read = (path, query) => ask("GET", path, undefined, query);

export const bytes = async (path) => (await answered(path)).arrayBuffer();

export const projectPath = (name) => `/api/projects/${encodeURIComponent(name)}`;
