package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/bus/cluster"
)

// Of two processes one calls people; when it is killed the other goes on, and says nothing
// a second time. Without the store both say that it is lost.
func TestOneOfTwoCalls(t *testing.T) {
	t.Parallel()
	servers := cluster.Start(t)
	sb, world := platform(t), startProviders(t)
	more := natsSection(servers.Access(t)) + world.config()
	d := newPractice(t, sb.url, more)
	first := start(t, "run", "--config", d.config, "--roles", "alert")
	first.value("page")
	second := d.elsewhere(t, sb, more)
	sb.write("I want to kill myself, zzcanaryzz")
	paged := func(n int, within time.Duration, what string) {
		t.Helper()
		eventually(t, within, what, func() bool { return len(world.of("twilio")) >= n })
	}
	paged(1, 30*time.Second, "the page")
	first.kill()
	sb.write("I will end my life tonight, zzcanaryzz")
	paged(2, 60*time.Second, "the page by the other process")
	time.Sleep(3 * time.Second) // whatever else it has to say
	for _, provider := range []string{"twilio", "ntfy", "pagerduty"} {
		if n := len(world.of(provider)); n != 2 {
			t.Errorf("%s passed on %d notices of two urgent comments", provider, n)
		}
	}
	if long() {
		for i := range 3 {
			servers.Kill(t, i)
		}
		paged(3, 4*time.Minute, "that the store is lost")
		all := world.of("twilio")
		if last := all[len(all)-1].body; !strings.Contains(last, "store+cannot+be+reached") {
			t.Errorf("told %s", last)
		}
		servers.Launch(t, 0)
		servers.Launch(t, 1)
		servers.Restart(t, 2)
		eventually(t, 2*time.Minute, "that it is over", func() bool { return strings.Contains(fmt.Sprint(world.of("twilio")), "over%3A+the+store+cannot") })
	}
	second.kill()
	world.clean(second)
}
