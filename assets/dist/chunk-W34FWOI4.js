import{a,b,c}from"./chunk-5HRQI7WV.js";import"./chunk-HGFIED4H.js";import"./chunk-Z7KHJG26.js";export{a as HistoryService,c as nothing,b as whole};
