import{a,b,c}from"./chunk-FDRCNZYT.js";import"./chunk-N3LJCQE2.js";import"./chunk-JHSPDYQW.js";export{a as HistoryService,c as nothing,b as whole};
