import { pressesAreTaken } from "./press.ts";

pressesAreTaken(12, "sending");
pressesAreTaken(12, "silent");
