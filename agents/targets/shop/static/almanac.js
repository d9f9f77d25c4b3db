for (const part of document.querySelectorAll("[data-drawn]")) part.hidden = false;
