import type { LoadedScenario } from "../load-scenario.ts";
import type { RequestStory } from "./request-story.ts";
import { ToldRun } from "./told-run.ts";

/** A request by its client's name and its running number. */
export interface NamedRequest {
  readonly client: string;
  readonly ordinal: number;
}

/** Virtual time is cut into so many steps, after each of which it is seen whether all are told. */
const STEPS = 100;

/** Simulates again until these requests have ended, and tells what became of each; those that never come are left out. */
export function tellRequests(
  scenario: LoadedScenario,
  variant: string | null,
  wanted: readonly NamedRequest[],
): RequestStory[] {
  const stories: RequestStory[] = [];
  const told: ToldRun = new ToldRun(
    { scenario, variant },
    {
      wants: (request) =>
        wanted.some(
          ({ client, ordinal }) => ordinal === request.ordinal && client === told.clientName(request),
        ),
      hear: (_, story) => stories.push(story),
    },
  );
  for (let step = 1; wanted.length > stories.length && !told.run.isDone; step++) {
    told.run.advance(step <= STEPS ? (told.duration * step) / STEPS : Number.POSITIVE_INFINITY);
  }
  return stories;
}
