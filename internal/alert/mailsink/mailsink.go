// Package mailsink is a real mail server for tests: it takes what is sent, and tells
// what arrived. No program imports it.
package mailsink

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Options say what the server asks of who sends.
type Options struct {
	// Plain: it offers no encryption. Implicit: it is encrypted from the first byte.
	// Neither: STARTTLS.
	Plain, Implicit bool
	// User and Password, if set, are asked for.
	User, Password string
}

// Sink is a mail server that keeps what it takes; it ends with the test.
type Sink struct {
	testing.TB
	// Host and Port are where it takes mail, and Addr both. CAFile is the authority of
	// its certificate.
	Host   string
	Port   int
	Addr   string
	CAFile string

	api  string
	args []string
	cmd  *exec.Cmd
}

// Message is a mail that arrived.
type Message struct {
	Header mail.Header
	// Subject, Text and HTML are decoded.
	Subject, Text, HTML string
	// To are the addresses alone, and Raw is all of it as it came.
	To  []string
	Raw string
}

// Find finds the server; where tests must be whole its absence fails.
func Find(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("mailpit"); err == nil {
		return path
	}
	dir, err := os.Getwd()
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		path := filepath.Join(dir, ".cache", "bin", "mailpit")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no mail server, and CI=true: run .ci/deps")
	}
	t.Skip("skipped 1 test with a real mail server: no mailpit in .cache/bin or PATH (.ci/deps builds it)")
	return ""
}

// Start starts a server.
func Start(t testing.TB, o Options) *Sink {
	t.Helper()
	program, dir := Find(t), t.TempDir()
	s := &Sink{TB: t, Host: "127.0.0.1", Port: free(t), api: fmt.Sprintf("127.0.0.1:%d", free(t))}
	s.Addr = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	s.args = []string{program, "--smtp", s.Addr, "--listen", s.api, "--database", filepath.Join(dir, "mail.db"), "--max", "0",
		"--disable-version-check", "--smtp-disable-rdns", "--enable-chaos", "--quiet"}
	if !o.Plain {
		var key string
		s.CAFile, key = certificate(t, dir)
		s.args = append(s.args, "--smtp-tls-cert", s.CAFile, "--smtp-tls-key", key)
		s.args = append(s.args, map[bool]string{false: "--smtp-require-starttls", true: "--smtp-require-tls"}[o.Implicit])
	}
	if o.User != "" {
		users := filepath.Join(dir, "users")
		write(t, users, []byte(o.User+":"+o.Password+"\n"))
		s.args = append(s.args, "--smtp-auth-file", users)
	}
	t.Cleanup(s.Stop)
	s.Again()
	return s
}

// Again starts it where it was, with what it had, after Stop.
func (s *Sink) Again() {
	s.Helper()
	var said bytes.Buffer
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = &said, &said
	if err := s.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for give := time.Now().Add(30 * time.Second); time.Now().Before(give); <-look.C {
		if resp, err := http.Get("http://" + s.api + "/readyz"); err == nil {
			_ = resp.Body.Close()
			if conn, err := net.Dial("tcp", s.Addr); err == nil && resp.StatusCode == http.StatusOK {
				_ = conn.Close()
				return
			}
		}
	}
	s.Stop()
	s.Fatalf("the mail server does not start: %s", said.String())
}

// Stop ends it: nobody listens any more. What arrived is kept.
func (s *Sink) Stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(os.Interrupt)
	kill := time.AfterFunc(5*time.Second, func() { _ = s.cmd.Process.Kill() })
	_ = s.cmd.Wait()
	kill.Stop()
	s.cmd = nil
}

// Refuse lets it answer with this code from now on at a step of the dialogue:
// "Authentication", "Sender" or "Recipient"; 0: no more.
func (s *Sink) Refuse(step string, code int) {
	s.Helper()
	type trigger struct{ ErrorCode, Probability int }
	all := map[string]trigger{"Authentication": {535, 0}, "Sender": {451, 0}, "Recipient": {451, 0}}
	if code != 0 {
		all[step] = trigger{code, 100}
	}
	body, _ := json.Marshal(all)
	s.call(http.MethodPut, "/api/v1/chaos", body)
}

// Messages are what arrived, the oldest first.
func (s *Sink) Messages() []Message {
	s.Helper()
	var list struct{ Messages []struct{ ID string } }
	s.read("/api/v1/messages?limit=100000", &list)
	var out []Message
	for _, m := range slices.Backward(list.Messages) {
		var got struct {
			Subject, Text, HTML string
			To                  []mail.Address
		}
		s.read("/api/v1/message/"+m.ID, &got)
		raw := s.call(http.MethodGet, "/api/v1/message/"+m.ID+"/raw", nil)
		parsed, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			s.Fatalf("what arrived is no mail: %v", err)
		}
		letter := Message{Header: parsed.Header, Subject: got.Subject, Text: got.Text, HTML: got.HTML, Raw: string(raw)}
		for _, a := range got.To {
			letter.To = append(letter.To, a.Address)
		}
		out = append(out, letter)
	}
	return out
}

// Clear forgets what arrived.
func (s *Sink) Clear() {
	s.Helper()
	s.call(http.MethodDelete, "/api/v1/messages", []byte(`{"IDs":[]}`))
}

func (s *Sink) read(path string, into any) {
	s.Helper()
	if err := json.Unmarshal(s.call(http.MethodGet, path, nil), into); err != nil {
		s.Fatal(err)
	}
}

func (s *Sink) call(method, path string, body []byte) []byte {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+s.api+path, bytes.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
	}
	return answer
}
