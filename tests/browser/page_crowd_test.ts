import { pressesAreTaken } from "./press.ts";

pressesAreTaken(20, "sending");
pressesAreTaken(500, "sending");
