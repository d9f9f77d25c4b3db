import{a as o,d as i}from"./chunk-TPCQDOUQ.js";function r(n){return o("span",{class:"kind-icon","data-group":(n?.group??"unknown").toLowerCase()},i(n?.icon??"puzzle"))}export{r as a};
