const asked = new XMLHttpRequest();
asked.open("GET", "/healthz", false);
asked.send();
