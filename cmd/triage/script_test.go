package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"triage/internal/bus/cluster"
)

// TestMain lets the scripts below call triage by its name, and tests start it
// as a process of its own, which can be killed (see start in process_test.go).
func TestMain(m *testing.M) {
	main := func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		os.Exit(exitCode(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)))
	}
	if os.Getenv(asTriage) != "" {
		main()
	}
	testscript.Main(tests{m}, map[string]func(){"triage": main})
}

// tests ends the cluster after them.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer cluster.StopShared()
	return t.M.Run()
}

// asTriage, if set, makes the test's binary be triage.
const asTriage = "TRIAGE_TEST_BE_TRIAGE"

// TestScript runs the command as a user types it, one file a behaviour.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: false})
}
