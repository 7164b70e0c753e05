"""SimPy as its documentation would have it: processes, resources, `answer | timeout`.

bench.py WORKLOAD [N] [SEED] [PENDING] runs mm1 (W1), mesh (W3) or timers (W4) and prints one line of JSON.
"""

import json
import math
import random
import resource
import sys
import time

import simpy


def mm1(customers, seed, _pending):
    """W1; the unit is a mean service time."""
    chance = random.Random(seed)
    environment = simpy.Environment()
    server = simpy.Resource(environment)
    sojourns = []

    def customer():
        arrival = environment.now
        with server.request() as turn:
            yield turn
            yield environment.timeout(chance.expovariate(1))
        sojourns.append(environment.now - arrival)

    def source():
        for _ in range(customers):
            yield environment.timeout(chance.expovariate(0.9))
            environment.process(customer())

    def result():
        return {"events": 2 * customers, "customers": customers, "mean_sojourn": sum(sojourns) / customers}

    environment.process(source())
    return environment.run, result


HOSTS, WORKERS, ATTEMPTS = 20, 4, 3
MEDIAN, SIGMA = 8, 0.6
GAP = MEDIAN * math.exp(SIGMA**2 / 2) / (0.7 * HOSTS * WORKERS)
LINK, PATIENCE, FAILURE_SHARE, BACK_OFF = 0.25, 100, 0.01, 25


class Mesh:
    """W3; the unit is a millisecond."""

    def __init__(self, requests, seed):
        self.requests = requests
        self.chance = random.Random(seed)
        self.environment = simpy.Environment()
        self.hosts = [simpy.Resource(self.environment, WORKERS) for _ in range(HOSTS)]
        self.active = [0] * HOSTS
        self.latencies = []
        self.attempts = self.timeouts = self.retries = self.failed = 0
        self.environment.process(self.source())

    def source(self):
        for _ in range(self.requests):
            yield self.environment.timeout(self.chance.expovariate(1 / GAP))
            self.environment.process(self.request())

    def request(self):
        start = self.environment.now
        for attempt in range(ATTEMPTS):
            if attempt > 0:
                self.retries += 1
                yield self.environment.timeout(self.chance.uniform(0, BACK_OFF * 2 ** (attempt - 1)))
            if (yield from self.attempt()):
                break
        else:
            self.failed += 1
        self.latencies.append(self.environment.now - start)

    def attempt(self):
        """One try; returns whether it was answered in time and well."""
        self.attempts += 1
        first, second = (int(self.chance.random() * HOSTS) for _ in range(2))
        host = second if self.active[second] < self.active[first] else first
        self.active[host] += 1
        answer = self.environment.process(self.answer(self.hosts[host]))
        timeout = self.environment.timeout(PATIENCE)
        happened = yield answer | timeout
        self.active[host] -= 1
        if answer in happened:
            return answer.value
        self.timeouts += 1
        return False

    def answer(self, host):
        yield self.environment.timeout(LINK)
        with host.request() as turn:
            yield turn
            yield self.environment.timeout(self.chance.lognormvariate(math.log(MEDIAN), SIGMA))
        is_success = self.chance.random() >= FAILURE_SHARE
        yield self.environment.timeout(LINK)
        return is_success

    def result(self):
        counted = sorted(self.latencies[self.requests // 10 :])
        return {
            "events": self.requests + 3 * self.attempts + self.timeouts + self.retries,
            "customers": self.requests,
            "attempts": self.attempts,
            "timeouts": self.timeouts,
            "failed": self.failed,
            "mean_sojourn": sum(counted) / len(counted),
            "p50": counted[int(0.5 * len(counted))],
            "p99": counted[int(0.99 * len(counted))],
        }


def mesh(requests, seed, _pending):
    world = Mesh(requests, seed)
    return world.environment.run, world.result


def timers(operations, seed, pending):
    """W4: so many processes that each wait in a loop."""
    chance = random.Random(seed)
    environment = simpy.Environment()
    finished = environment.event()
    done = 0

    def timer():
        nonlocal done
        while True:
            yield environment.timeout(chance.expovariate(1))
            done += 1
            if done == operations:
                finished.succeed()

    for _ in range(pending):
        environment.process(timer())
    while environment.peek() == 0:  # the processes' first steps, which set the timers
        environment.step()

    def run():
        environment.run(until=finished)

    def result():
        mean_hold = environment.now / (operations / pending)
        return {"events": operations, "customers": 0, "pending": pending, "mean_hold": mean_hold}

    return run, result


def main():
    """A workload gives what is to be measured, and what says afterwards what it found."""
    workloads = {"mm1": (mm1, 100_000), "mesh": (mesh, 30_000), "timers": (timers, 200_000)}
    given = dict(enumerate(sys.argv[1:]))
    name = given.get(0, "mesh")
    workload, size = workloads[name]
    run, result_of = workload(int(given.get(1) or size), int(given.get(2) or 1), int(given.get(3) or 100_000))
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    result = result_of()
    line = {"peer": "simpy", "workload": name, **result, "seconds": seconds, "cpu_s": cpu_seconds}
    line["events_per_s"] = int(result["events"] / seconds)
    line["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(line))


main()
