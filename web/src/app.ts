// The page of `retouch serve`.

import "./app.css";
import { LiveSource } from "./live-source";
import { RetouchApp } from "./retouch-app";

const page = document.querySelector("retouch-app");
if (page instanceof RetouchApp) page.source = new LiveSource();
