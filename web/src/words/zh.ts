// Every word of the page in Chinese (traditional characters).

import type { Words } from "./en";

export const zh: Words = {
  app: {
    title: "Retouch",
    history: "歷史",
    picture: "圖像",
    evidence: "憑據",
  },
  outcome: { pass: "通過", fail: "未通過", unsure: "存疑" },
  kind: {
    import: "匯入",
    edit: "修改",
    candidate: "候選",
    revert: "撤回",
    pick: "摘取",
    merge: "合併",
    manual: "手動",
  },
  status: {
    pending: "待辦",
    running: "進行中",
    fixed: "已修正",
    unfixed: "未修正",
    skipped: "略過",
    "needs-review": "待你決定",
  },
  viewer: {},
  compare: {},
  evidence: {},
};
