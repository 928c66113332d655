// One call of the API, and what a person is told where it does not come through.

/**
 * @typedef {{title: string, detail: string, remedy: string, code: string, status: number}} Problem
 */

/** The service cannot be reached. */
export const unreachable = {
  title: "The service does not answer",
  detail: "The connection was lost, or the service is being started again.",
  remedy: "Check your connection and try again; nothing of what you did is lost.",
  code: "unreachable",
  status: 0,
};

/**
 * The answer's JSON, or the problem. A session that has ended leads to signing in, and back.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<{ok: true, value: any} | {ok: false, problem: Problem}>}
 */
export async function call(path, init = {}) {
  try {
    const response = await fetch(path, init);
    if (response.status === 204) return { ok: true, value: null };
    const value = await response.json();
    if (response.ok) return { ok: true, value };
    if (response.status === 401) signInAgain();
    return { ok: false, problem: value };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    return { ok: false, problem: unreachable };
  }
}

export function signInAgain() {
  location.href = `/sign-in?${new URLSearchParams({ next: location.pathname + location.search })}`;
}

/**
 * Shows a problem in a box that is read out.
 * @param {HTMLElement} box
 * @param {Problem | null} problem
 */
export function showProblem(box, problem) {
  box.hidden = problem === null;
  if (problem === null) return box.replaceChildren();
  const title = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = problem.title;
  title.append(strong);
  const detail = document.createElement("p");
  detail.className = "theirs";
  detail.textContent = `${problem.detail} ${problem.remedy}`;
  box.replaceChildren(title, detail);
}

/**
 * @template {HTMLElement} Kind
 * @param {string} id
 * @returns {Kind}
 */
export function byId(id) {
  return /** @type {Kind} */ (document.getElementById(id));
}
