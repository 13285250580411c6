// The self-contained report: the same elements with the data that stands in the page.

import "./app.css";
import { begin } from "./begin";
import { EmbeddedSource } from "./embedded-source";
import { HashPlaces } from "./places";

begin(EmbeddedSource.read(document), new HashPlaces());
