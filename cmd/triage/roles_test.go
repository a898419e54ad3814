package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/internal/bus/cluster"
	"triage/internal/ingest"
)

// A practice whose work is shared by three processes on a cluster: any of them
// may be killed, and a server of the cluster too, and no comment is lost or
// answered twice.
func TestRolesShareThePractice(t *testing.T) {
	t.Parallel()
	servers := cluster.Start(t)
	sb := platform(t)
	store := natsSection(servers.Access(t))
	d := newPractice(t, sb.url, store)
	first := start(t, "run", "--config", d.config, "--roles", "ingest,classify,respond,alert")
	first.value("page")
	_, page := d.run(t, "--roles", "review")

	answered := func(within time.Duration, what string) time.Duration {
		t.Helper()
		began := time.Now()
		text := "Since my knee surgery it hurts every night, " + what
		sb.write(text)
		id := page.caseOf(within)
		took := time.Since(began)
		if !page.approve(id) {
			t.Fatalf("%s: the reply was not accepted", what)
		}
		eventually(t, within, "the reply, "+what, func() bool { c := sb.state().Comments; return len(c[len(c)-1].Replies) == 1 })
		t.Logf("%s: a case after %v, its reply after %v", what, took.Round(10*time.Millisecond), time.Since(began).Round(10*time.Millisecond))
		return took
	}
	answered(20*time.Second, "with the first process")
	if sources, code := page.sources(); code != 200 || len(sources) != 1 || !sources[0].OK() {
		t.Errorf("the page that reads nothing says HTTP %d about the sources: %+v", code, sources)
	}
	second := d.elsewhere(t, sb, store)
	servers.Kill(t, 1)
	answered(60*time.Second, "with a server of the cluster down")
	servers.Restart(t, 1)

	first.kill() // it read the account and sent
	if took := answered(60*time.Second, "with the first process killed"); took > 25*time.Second {
		t.Errorf("it took %v until another process read the account, want about 20 s", took)
	}
	third := start(t, "run", "--config", d.config, "--roles", "ingest,classify,respond")
	third.value("page")
	if code := second.stop(); code != 0 {
		t.Errorf("it stopped with %d:\n%s", code, second.output())
	}
	answered(20*time.Second, "after the second process was stopped")

	third.kill()
	for i, c := range sb.state().Comments {
		if len(c.Replies) != 1 {
			t.Errorf("comment %d has %d replies, want 1", i, len(c.Replies))
		}
	}
	if long() {
		unread(t, page)
	}
}

// elsewhere runs everything as another machine does: with the same key and a
// data directory of its own.
func (d practiceDir) elsewhere(t *testing.T, sb box, store string) *process {
	t.Helper()
	other := newPractice(t, sb.url, store)
	key := readFile(t, filepath.Join(d.data, "practice.key"))
	if err := os.WriteFile(filepath.Join(other.data, "practice.key"), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "run", "--config", other.config)
	p.value("page")
	return p
}

// unread waits until the page says that nobody reads the account.
func unread(t *testing.T, page *desk) {
	t.Helper()
	began := time.Now()
	eventually(t, 90*time.Second, "a word that nobody reads the account", func() bool {
		_, queue := page.get("/")
		return strings.Contains(queue, "no process of triage reads this account")
	})
	t.Logf("the page says after %v that nobody reads the account", time.Since(began).Round(time.Second))
	if sources, code := page.sources(); code != 200 || sources[0].OK() {
		t.Errorf("readyz says HTTP %d, %+v", code, sources)
	}
}

// sources is what /readyz says about the accounts.
func (k *desk) sources() (sources []ingest.Health, code int) {
	k.t.Helper()
	code, body := k.get("/readyz")
	var said struct{ Sources []ingest.Health }
	if err := json.Unmarshal([]byte(body), &said); err != nil {
		k.t.Fatalf("readyz: HTTP %d, %v: %s", code, err, body)
	}
	return said.Sources, code
}
