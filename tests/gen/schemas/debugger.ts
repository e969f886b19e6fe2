/** The debugger's own states: input events, external states and actions, in four groups. */
import { defineSchema } from "../../../mod.ts";

const FOCUSED = [
  "TreeFocused",
  "LogFocused",
  "SidebarFocused",
  "TimelineTxsFocused",
  "TimelineStepsFocused",
  "MatrixFocused",
  "DialogFocused",
] as const;
const PLAYING = ["Playing", "Paused", "TailMode"] as const;
const DIALOG = ["HelpDialog", "ExportDialog"] as const;
const VIEWS = ["TreeLogView", "MatrixView", "TreeMatrixView"] as const;

export const groups = { Focused: FOCUSED, Playing: PLAYING, Dialog: DIALOG, Views: VIEWS };

export const schema = defineSchema({
  ClientMsg: { multi: true },
  ConnectEvent: { multi: true },
  DisconnectEvent: { multi: true },
  UserFwd: { add: ["Fwd"] },
  UserBack: { add: ["Back"] },
  UserFwdStep: { add: ["FwdStep"] },
  UserBackStep: { add: ["BackStep"] },
  TreeFocused: { remove: FOCUSED },
  LogFocused: { remove: FOCUSED },
  SidebarFocused: { remove: FOCUSED },
  TimelineTxsFocused: { remove: FOCUSED },
  TimelineStepsFocused: { remove: FOCUSED },
  MatrixFocused: { remove: FOCUSED },
  DialogFocused: { remove: FOCUSED },
  StateNameSelected: { require: ["ClientSelected"] },
  HelpDialog: { remove: DIALOG },
  ExportDialog: { remove: DIALOG },
  LogUserScrolled: {},
  Ready: { require: ["Start"] },
  Start: {},
  TreeLogView: { auto: true, remove: VIEWS },
  MatrixView: { remove: VIEWS },
  TreeMatrixView: { remove: VIEWS },
  TailMode: { require: ["ClientSelected"], remove: PLAYING },
  Playing: { require: ["ClientSelected"], remove: [...PLAYING, "LogUserScrolled"] },
  Paused: { auto: true, require: ["ClientSelected"], remove: PLAYING },
  Fwd: { require: ["ClientSelected"], remove: ["Playing"] },
  Back: { require: ["ClientSelected"], remove: ["Playing"] },
  FwdStep: { require: ["ClientSelected"], remove: ["Playing"] },
  BackStep: { require: ["ClientSelected"], remove: ["Playing"] },
  ScrollToTx: { require: ["ClientSelected"] },
  SelectingClient: { require: ["Start"], remove: ["ClientSelected"] },
  ClientSelected: { require: ["Start"], remove: ["SelectingClient", "LogUserScrolled"] },
  RemoveClient: { require: ["ClientSelected"] },
});
