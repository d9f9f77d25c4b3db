/*! jQuery v3.7.1 (stands for the library, of which the shop only asks the version) */
"use strict";
window.jQuery = function jQuery() { return document; };
window.jQuery.fn = { jquery: "3.7.1" };
