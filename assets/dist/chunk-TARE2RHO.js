import{a,b,c}from"./chunk-GQGZ3GCP.js";import"./chunk-AUBID6FX.js";import"./chunk-JHSPDYQW.js";export{a as HistoryService,c as nothing,b as whole};
