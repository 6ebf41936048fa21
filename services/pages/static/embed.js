// Tells the page around a frame how high the frame would have to be to show all of it.
// The page decides what to do with that; docs/guides/embedding.md has what it needs.
"use strict";

(() => {
  if (window.parent === window) return;
  let told = 0;
  const tell = () => {
    // One more, because parts that end at a fraction of a pixel are rounded up each by themselves.
    const height = Math.ceil(document.body.getBoundingClientRect().height) + 1;
    if (height === told) return;
    told = height;
    // To whatever page it is, because anybody may embed this, and the height is no secret.
    window.parent.postMessage({ type: "livecount:height", height }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
  tell();
})();
