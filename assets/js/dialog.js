// A dialog takes the focus when it opens; a form that failed shows its errors where one starts to read.
document.addEventListener(
  "toggle",
  (event) => {
    const dialog = event.target;
    if (!dialog.matches?.("[popover].dialog") || event.newState !== "open") return;
    dialog.querySelector("[autofocus], input:not([type=hidden]), select, textarea, .last button")?.focus();
  },
  true,
);
document.querySelector(".error-summary")?.focus();
