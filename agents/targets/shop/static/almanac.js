for (const part of document.querySelectorAll(".waits")) part.classList.remove("waits");
