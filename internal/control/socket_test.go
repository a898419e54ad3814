package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"triage/internal/people"
	"triage/internal/respond"
)

func TestSocketIsOnlyOurs(t *testing.T) {
	s := newService(t)
	path, stop := s.serve(t)
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode() != os.ModeSocket|0o600 {
		t.Errorf("the socket's mode is %v", info.Mode())
	}
	if left, err := os.ReadDir(filepath.Dir(path)); len(left) != 1 || err != nil {
		t.Errorf("beside the socket: %v, %v", left, err)
	}
	client, ok := Dial(path)
	if !ok {
		t.Fatal("nobody answers")
	}
	defer client.CloseIdleConnections()
	must(t, (&Client{HTTP: client}).Call(t.Context(), http.MethodPost, "/users", User{Name: "dana", Role: people.Viewer}, nil))
	if r := s.told(t)[0]; r.OS != OSUser() || r.By != "os/"+OSUser() || r.OS == "" {
		t.Errorf("record: %+v", r.Act)
	}
	if _, err := Listen(path); !errors.Is(err, ErrServed) {
		t.Errorf("a second one listens: %v", err)
	}
	stop()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
	if _, ok := Dial(path); ok {
		t.Error("somebody answers after the end")
	}
}

func TestSocketOfADeadProcessIsReplaced(t *testing.T) {
	path := filepath.Join(shortDir(t), "t.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	must(t, err)
	dead.SetUnlinkOnClose(false)
	must(t, dead.Close())
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("nothing was left behind: %v", err)
	}
	l, err := Listen(path)
	must(t, err)
	stop := beside(t, l, http.NotFoundHandler())
	if client, ok := Dial(path); !ok {
		t.Error("nobody answers")
	} else {
		client.CloseIdleConnections()
	}
	stop()
}

func TestListenSaysWhatToDo(t *testing.T) {
	for path, want := range map[string]string{
		"/" + strings.Repeat("long/", 20) + "t.sock": "shorter data.dir",
		filepath.Join(shortDir(t), "none", "t.sock"): "writable",
	} {
		if _, err := Listen(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// half is a handler that begins an answer and then fails, or dies.
func half(die bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", Failure)
		_, _ = w.Write(bytes.Repeat([]byte("x"), 100_000))
		if die {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set(Failure, "the disk\nbroke")
	})
}

func TestAnAnswerThatEndsEarlyIsAnError(t *testing.T) {
	for die, want := range map[bool]string{false: "the disk broke", true: "EOF"} {
		client, end := Local(half(die))
		var w bytes.Buffer
		err := (&Client{HTTP: client}).Fetch(t.Context(), "/", &w)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Fetch = %v", err)
		}
		err = (&Client{HTTP: client}).Lines(t.Context(), "/", nil, func([]byte) error { return nil })
		if err == nil {
			t.Error("Lines takes half an answer")
		}
		end()
	}
	client, end := Local(half(false))
	end()
	if err := (&Client{HTTP: client}).Call(t.Context(), "GET", "/", nil, nil); err == nil {
		t.Error("an answer after the end")
	}
}

func TestEraseTellsHowFarItIs(t *testing.T) {
	s := newService(t)
	s.users(t)
	his := s.comments(t, "him", 105)
	hers := s.comments(t, "her", 900)
	me := s.client(t, "privacy")
	var lines []Erased
	must(t, me.Lines(t.Context(), "/erase", Erase{Platform: "facebook", Author: "him"}, func(line []byte) error {
		var one Erased
		err := json.Unmarshal(line, &one)
		lines = append(lines, one)
		s.silent(t, string(line))
		return err
	}))
	if last := lines[len(lines)-1]; len(lines) != 1+1+1 || last != (Erased{Looked: 1000, Erased: 105, Done: true}) {
		t.Errorf("%d lines, the last says %+v", len(lines), last)
	}
	for _, c := range his {
		if !s.Gone.Has(c.ID) {
			t.Fatal("not all of his are gone")
		}
	}
	for _, c := range hers[:20] {
		if _, err := s.Said(t.Context(), c.ID); err != nil {
			t.Errorf("hers: %v", err)
		}
	}
	if n := len(s.told(t)); n != 105 {
		t.Errorf("%d orders in the audit", n)
	}
}

// broken are cases of which one cannot be read.
type broken struct {
	respond.Cases
	id string
}

func (b broken) Get(ctx context.Context, id string) (respond.Case, error) {
	if id == b.id {
		return respond.Case{}, errors.New("this one cannot be erased now")
	}
	return b.Cases.Get(ctx, id)
}

func TestEraseGoesOnAfterATrouble(t *testing.T) {
	s := newService(t)
	s.users(t)
	all := s.comments(t, "him", 5)
	s.options.Cases.Cases = broken{s.options.Cases.Cases, all[2].ID}
	var last Erased
	must(t, s.client(t, "admin").Lines(t.Context(), "/erase", Erase{Platform: "facebook", Author: "him"}, func(line []byte) error {
		return json.Unmarshal(line, &last)
	}))
	if last.Done || last.Erased != 4 || !strings.Contains(last.Error, "this one") || !strings.Contains(s.log.String(), "this one") {
		t.Errorf("the last line: %+v", last)
	}
	must(t, s.client(t, "admin").Lines(t.Context(), "/erase", Erase{Comment: strings.Repeat("a", 20)}, func(line []byte) error {
		return json.Unmarshal(line, &last)
	}))
	if last.Done || !strings.Contains(last.Error, "no such comment") {
		t.Errorf("a comment that there is not: %+v", last)
	}
	s.silent(t)
}

func TestEraseByAge(t *testing.T) {
	s := newService(t)
	s.users(t)
	s.comments(t, "him", 3)
	at := time.Now()
	<-time.After(10 * time.Millisecond)
	s.comments(t, "her", 2)
	var last Erased
	must(t, s.client(t, "admin").Lines(t.Context(), "/erase", Erase{Before: at}, func(line []byte) error { return json.Unmarshal(line, &last) }))
	if !last.Done || last.Erased != 3 {
		t.Errorf("the last line: %+v", last)
	}
}

func TestCommandsSideBySide(t *testing.T) {
	s := newService(t)
	path, _ := s.serve(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for n := range 8 {
		wg.Go(func() {
			client, _ := Dial(path)
			defer client.CloseIdleConnections()
			me := &Client{HTTP: client}
			if err := me.Call(t.Context(), http.MethodPost, "/users", User{Name: "same", Role: people.Viewer}, nil); err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
			if err := me.Call(t.Context(), http.MethodPost, "/users", User{Name: fmt.Sprint("user", n), Role: people.Viewer}, nil); err != nil {
				t.Error(err)
			}
			if err := me.Fetch(t.Context(), "/backup/keys", io.Discard); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	done := map[string]int{}
	for _, r := range s.told(t) {
		done[r.Do]++
	}
	if won != 1 || done["user-added"] != 16 || done["not-done"] != 7 || done["backup-made"] != 8 {
		t.Errorf("%d won; the audit has %v", won, done)
	}
	report, err := s.Verify(t.Context(), auditKey, nil)
	if err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
}

// slow takes an answer until it is told to go on.
type slow struct {
	once  sync.Once
	began chan struct{}
	wait  chan struct{}
}

func (s *slow) Write(p []byte) (int, error) {
	s.once.Do(func() { close(s.began); <-s.wait })
	return len(p), nil
}

func TestStopWhileABackupIsMade(t *testing.T) {
	old := stopTime
	stopTime = 300 * time.Millisecond
	defer func() { stopTime = old }()
	s := newService(t)
	s.comments(t, "somebody", 2500)
	path, stop := s.serve(t)
	client, ok := Dial(path)
	if !ok {
		t.Fatal("nobody answers")
	}
	defer client.CloseIdleConnections()
	w := &slow{began: make(chan struct{}), wait: make(chan struct{})}
	failed := make(chan error, 1)
	go func() { failed <- (&Client{HTTP: client}).Fetch(t.Context(), "/backup/data", w) }()
	<-w.began
	began := time.Now()
	stop()
	took := time.Since(began)
	close(w.wait)
	if err := <-failed; err == nil || took > 5*time.Second {
		t.Errorf("stopped after %v; the client got %v", took, err)
	}
	var did []string
	for _, r := range s.told(t) {
		did = append(did, r.Do)
	}
	if strings.Join(did, " ") != "backup-made not-done" {
		t.Errorf("the audit has %v", did)
	}
	t.Logf("stopped after %v", took)
}
