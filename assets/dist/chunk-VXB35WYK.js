import{a,b,c}from"./chunk-V4JWEOAP.js";import"./chunk-323472ZW.js";import"./chunk-Z7KHJG26.js";export{a as HistoryService,c as nothing,b as whole};
