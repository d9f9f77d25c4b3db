document.documentElement.dataset.read = localStorage.getItem("read") || "no";
