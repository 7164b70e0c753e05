import type { HttpFilterKind } from "../http-filter.ts";
import { AdmissionControlFilter, AdmissionControlStats } from "./admission-control-filter.ts";
import { readAdmissionControl } from "./admission-control-settings.ts";
import { RequestHistory } from "./request-history.ts";

export const admissionControl: HttpFilterKind = {
  type: "envoy.extensions.filters.http.admission_control.v3.AdmissionControl",
  read(config, _routeConfigs, { runtime }) {
    const settings = readAdmissionControl(config, runtime);
    return ({ simulator, stats: all, statPrefix }) => {
      const stats = new AdmissionControlStats(all, statPrefix);
      return (random) => {
        const history = new RequestHistory(settings.window);
        const control = { settings, history, stats, simulator, random };
        return (request) => new AdmissionControlFilter(request, control);
      };
    };
  },
};
