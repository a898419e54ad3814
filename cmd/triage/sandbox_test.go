package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// rehearse starts `triage sandbox` and gives what it printed by name, and a
// function that stops it as Ctrl-C does.
func rehearse(t *testing.T, args ...string) (lines map[string]string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"sandbox", "--addr", "127.0.0.1:0"}, args...), strings.NewReader(""), in, io.Discard)
		_ = in.CloseWithError(io.EOF)
		ended <- err
	}()
	lines = map[string]string{}
	for scan := bufio.NewScanner(out); len(lines) < 3 && scan.Scan(); {
		name, value, _ := strings.Cut(scan.Text(), "=")
		lines[name] = value
	}
	return lines, func() error { cancel(); return <-ended }
}

func body(t *testing.T, method, address, send string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(send))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", method, resp.StatusCode, raw, err)
	}
	return string(raw)
}

func TestSandboxPlaysStopsAndKeeps(t *testing.T) {
	dir := t.TempDir()
	lines, stop := rehearse(t, "--data", dir)
	box := lines["sandbox"]
	if !strings.HasPrefix(box, "http://127.0.0.1:") || lines["facebook.page"] == "" || lines["facebook.token"] == "" {
		t.Fatalf("printed %v", lines)
	}
	body(t, "POST", box+"/_sandbox/comments", `{"platform":"facebook","text":"my rash is back"}`)
	body(t, "GET", box+"/v26.0/"+lines["facebook.page"]+"/feed?access_token="+lines["facebook.token"], "")
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	lines, stop = rehearse(t, "--data", dir)
	if state := body(t, "GET", lines["sandbox"]+"/_sandbox/state", ""); !strings.Contains(state, "my rash is back") {
		t.Errorf("after a restart: %s", state)
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestSandboxPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	var stderr strings.Builder
	err = run(t.Context(), []string{"sandbox", "--addr", l.Addr().String()}, strings.NewReader(""), io.Discard, &stderr)
	want := "triage: the address " + l.Addr().String() + " is in use, perhaps by another triage: stop that one, or choose a free port, such as 127.0.0.1:0, with --addr or review.addr\n"
	if exitCode(err) != 1 || stderr.String() != want {
		t.Errorf("exit %d, said %q", exitCode(err), stderr.String())
	}
}
