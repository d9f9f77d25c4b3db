const asked = new XMLHttpRequest();
asked.open("GET", "/sitemap.xml", false);
asked.send();
