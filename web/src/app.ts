// The page of `retouch serve`.

import "./app.css";
import { begin } from "./begin";
import { LiveSource } from "./live-source";
import { PathPlaces } from "./places";

begin(new LiveSource(), new PathPlaces());
