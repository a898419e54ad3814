package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"triage/internal/bus/cluster"
	"triage/internal/ingest"
)

// both runs a test on the embedded store and on a cluster of three NATS servers.
// It is given what the configuration needs for that.
func both(t *testing.T, test func(t *testing.T, store string)) {
	t.Run("embedded", func(t *testing.T) { test(t, "") })
	t.Run("cluster", func(t *testing.T) { test(t, onCluster(t)) })
}

// onCluster is the part of a configuration that puts the store of a practice of
// its own on the cluster of the tests.
func onCluster(t *testing.T) string {
	t.Helper()
	return natsSection(cluster.Shared(t).Access(t))
}

func natsSection(a cluster.Access) string {
	return fmt.Sprintf("\n[nats]\nurl = %q\nnkey_file = %q\nca_file = %q\nreplicas = %d\n", a.URL, a.NKeyFile, a.CAFile, a.Replicas)
}

// does runs triage, which must end well, and returns what it said.
func does(t *testing.T, args ...string) string {
	t.Helper()
	p := start(t, args...)
	if code := p.exit(); code != 0 {
		t.Fatalf("triage %s ended with %d:\n%s", strings.Join(args, " "), code, p.output())
	}
	return p.output()
}

// exit waits until it ends by itself and returns its exit code. One that does
// not says what it waits for.
func (p *process) exit() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(60 * time.Second):
		_ = p.cmd.Process.Signal(syscall.SIGQUIT)
		<-p.ended
		p.t.Errorf("triage %s goes on:\n%s", strings.Join(p.cmd.Args[1:], " "), p.output())
	}
	return p.cmd.ProcessState.ExitCode()
}

// does gives a command about this practice.
func (d practiceDir) does(t *testing.T, args ...string) string {
	t.Helper()
	return does(t, append(args, "--config", d.config)...)
}

// run starts the service and signs its first user in.
func (d practiceDir) run(t *testing.T, args ...string) (*process, *desk) {
	t.Helper()
	p := start(t, append([]string{"run", "--config", d.config}, args...)...)
	return p, d.signIn(t, p.value("page"))
}

// platform starts a sandbox.
func platform(t *testing.T) box {
	t.Helper()
	return platformIn(t, t.TempDir())
}

// platformIn starts a sandbox that keeps what is written there in this directory.
func platformIn(t *testing.T, dir string) box {
	t.Helper()
	return box{t, start(t, "sandbox", "--addr", "127.0.0.1:0", "--data", dir).value("sandbox")}
}

// caseOf waits for the case of the only comment that has one.
func (k *desk) caseOf(within time.Duration) (id string) {
	k.t.Helper()
	eventually(k.t, within, "a case", func() bool {
		if ids := k.waiting(); len(ids) == 1 {
			id = ids[0]
		}
		return id != ""
	})
	return id
}

// names makes the practice's ids.
func (d practiceDir) names(t *testing.T) ingest.Namer {
	t.Helper()
	return ingest.NewNamer(mustLoad(t, filepath.Join(d.data, "practice.key")).names)
}
