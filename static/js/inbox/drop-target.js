/** Files dragged over an element: it shows that it takes them, and gets them. Elsewhere on the page a drop does nothing. */

/**
 * @param {HTMLElement} element
 * @param {{words: () => string, onFiles: (files: File[]) => void}} options  words: what stands over it; empty: not now
 * @returns {() => void} stops it
 */
export function acceptDrops(element, { words, onFiles }) {
  const stop = new AbortController();
  const { signal } = stop;
  /** Entering a child leaves its parent. */
  let depth = 0;
  const show = (/** @type {boolean} */ isOver) => {
    if (isOver && words()) element.dataset.drop = words();
    else delete element.dataset.drop;
  };
  const end = () => {
    depth = 0;
    show(false);
  };
  element.addEventListener("dragenter", (event) => hasFiles(event) && show(++depth > 0), { signal });
  element.addEventListener("dragleave", (event) => hasFiles(event) && --depth <= 0 && end(), { signal });
  element.addEventListener(
    "drop",
    (event) => {
      end();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      if (words()) onFiles(files);
    },
    { signal },
  );
  // The browser would open the file in place of the page.
  for (const type of ["dragover", "drop"])
    addEventListener(type, (event) => hasFiles(/** @type {DragEvent} */ (event)) && event.preventDefault(), { signal });
  addEventListener("dragend", end, { signal });
  return () => stop.abort();
}

/** @param {DragEvent} event */
const hasFiles = (event) => Boolean(event.dataTransfer?.types.includes("Files"));
