// Where the address stands: in the path of a served page, behind the # of a report opened from disk.

import { type Address, formatted, parsed } from "./address";

export interface Places {
  read(): Address;
  /** `replace` keeps the entry of the history that stands: for the view and while words are typed. */
  write(address: Address, replace: boolean): void;
  href(address: Address): string;
  onReturn(listener: () => void): void;
}

export class PathPlaces implements Places {
  read(): Address {
    return parsed(location.pathname, location.search);
  }

  write(address: Address, replace: boolean): void {
    write(formatted(address), replace);
  }

  href(address: Address): string {
    return formatted(address);
  }

  onReturn(listener: () => void): void {
    addEventListener("popstate", listener);
  }
}

export class HashPlaces implements Places {
  /** False where what stands behind the # is a place of the page itself. */
  static here(): boolean {
    return !location.hash || location.hash.startsWith("#/");
  }

  read(): Address {
    const [path = "", search = ""] = location.hash.slice(1).split("?");
    return parsed(path, search);
  }

  write(address: Address, replace: boolean): void {
    write(this.href(address), replace);
  }

  href(address: Address): string {
    return `#${formatted(address)}`;
  }

  onReturn(listener: () => void): void {
    addEventListener("popstate", () => {
      if (HashPlaces.here()) listener();
    });
  }
}

function write(href: string, replace: boolean): void {
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
}
