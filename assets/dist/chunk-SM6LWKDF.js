var t="abcdefghijkmnpqrstuvwxyz23456789";function o(n=10){let r=crypto.getRandomValues(new Uint8Array(n));return Array.from(r,e=>t[e%t.length]).join("")}export{o as a};
