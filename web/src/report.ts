// The self-contained report: the same elements with the data that stands in the page.

import "./app.css";
import { EmbeddedSource } from "./embedded-source";
import { RetouchApp } from "./retouch-app";

const page = document.querySelector("retouch-app");
if (page instanceof RetouchApp) page.source = EmbeddedSource.read(document);
