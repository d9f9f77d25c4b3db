import{a,b,c}from"./chunk-KMPUAZHU.js";import"./chunk-N5GYATGA.js";export{a as HistoryService,c as nothing,b as whole};
