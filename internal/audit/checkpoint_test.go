package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// An outsider has the file, the public key and the words of Checkpoint.Sig.
func TestOutsiderChecksCheckpoints(t *testing.T) {
	l, path := openLog(t, &memory{})
	if err := l.Append(t.Context(), acts(3)...); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var c struct {
		N                  int
		Head, At, Practice string
		Sig                []byte
	}
	if err := json.Unmarshal(read(t, path), &c); err != nil {
		t.Fatal(err)
	}
	public, err := PublicKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(public)
	if err != nil || !bytes.Equal(key, l.PublicKey()) {
		t.Fatal(public, err)
	}
	text := fmt.Sprintf("triage audit checkpoint 1\n%d\n%s\n%s\n%s\n", c.N, c.Head, c.At, c.Practice)
	if c.N != 3 || c.Practice != "Test practice" || !ed25519.Verify(key, []byte(text), c.Sig) {
		t.Errorf("checkpoint %+v", c)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// steps are what happens one after the other, and how many there are then.
var steps = []struct {
	when   string
	record int
	wait   time.Duration
	ask    bool
	want   int
}{
	{when: "nothing recorded", wait: time.Hour},
	{when: "not yet ten minutes", record: 1, wait: vouchEvery - 1},
	{when: "ten minutes", wait: 1, want: 1},
	{when: "nothing new", wait: time.Hour, want: 1},
	{when: "999 records", record: 999, want: 1},
	{when: "1000 records", record: 1, want: 2},
	{when: "2500 at once", record: 2500, want: 3},
	{when: "on demand", record: 1, ask: true, want: 4},
	{when: "on demand, nothing new", ask: true, want: 4},
}

func TestWhenCheckpointsAreMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoints")
	synctest.Test(t, func(t *testing.T) {
		core, logged := observer.New(zapcore.InfoLevel)
		l, err := Open(t.Context(), Options{Journal: &memory{}, Key: testKey, Checkpoints: path, Log: zap.New(core)})
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = l.Run(t.Context()) }()
		for _, step := range steps {
			if err := l.Append(t.Context(), acts(step.record)...); err != nil {
				t.Fatal(err)
			}
			time.Sleep(step.wait)
			if step.ask {
				if err := l.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			if n := bytes.Count(read(t, path), []byte("\n")); n != step.want || logged.Len() != step.want {
				t.Fatalf("%s: %d checkpoints in the file and %d in the log, want %d", step.when, n, logged.Len(), step.want)
			}
		}
		wantLogged(t, logged.All()[3].ContextMap())
	})
}

func wantLogged(t *testing.T, fields map[string]any) {
	t.Helper()
	if fields["n"] != uint64(3502) || len(fields["head"].(string)) != 64 || len(fields["sig"].([]byte)) != 64 {
		t.Errorf("logged %v", fields)
	}
}

func TestUnreachableFileStopsNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "away")
	path := filepath.Join(dir, "checkpoints")
	m := &memory{}
	synctest.Test(t, func(t *testing.T) {
		l := reopen(t, m, path)
		go func() { _ = l.Run(t.Context()) }()
		if err := l.Append(t.Context(), acts(1000)...); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := l.Trouble(); err == nil || !strings.Contains(err.Error(), "outside") || strings.Contains(err.Error(), "/") {
			t.Fatalf("trouble %v", err)
		}
		if err := l.Append(t.Context(), acts(1)...); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(vouchAgain)
		synctest.Wait()
		if err := l.Trouble(); err != nil {
			t.Errorf("trouble did not end: %v", err)
		}
	})
	if r := verify(t, m, read(t, path)); !r.OK() || r.Vouched != 1001 {
		t.Errorf("report %+v", r)
	}
}

func TestHalfALineDoesNotSpoilTheNext(t *testing.T) {
	m := &memory{}
	l, path := openLog(t, m)
	do := func(l *Log) {
		t.Helper()
		if err := l.Append(t.Context(), acts(1)...); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	do(l)
	whole := read(t, path)
	if err := os.WriteFile(path, append(whole, whole[:100]...), 0o600); err != nil {
		t.Fatal(err)
	}
	do(reopen(t, m, path))
	r := verify(t, m, read(t, path))
	if len(r.Faults) != 1 || r.Faults[0].Line != 2 || r.Vouched != 2 {
		t.Errorf("report %+v", r)
	}
}

func TestShortOrOtherLogIsNoticedAtStart(t *testing.T) {
	m := &memory{}
	l, path := openLog(t, m)
	for range 2 {
		if err := l.Append(t.Context(), acts(5)...); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, append(read(t, path), "{\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := reopen(t, m, path).Trouble(); err != nil {
		t.Fatalf("nothing happened, but: %v", err)
	}
	cut := m.clone()
	cut.entries = cut.entries[:6]
	short := reopen(t, cut, path)
	if err := short.Trouble(); err == nil || !strings.Contains(err.Error(), "ends at record 6") {
		t.Errorf("cut short: trouble %v", err)
	}
	if err := short.Append(t.Context(), acts(9)...); err != nil {
		t.Errorf("recording stopped: %v", err)
	}
	if err := reopen(t, cut, path).Trouble(); err == nil {
		t.Error("an older copy that went on was not noticed")
	}
	if err := reopen(t, &memory{}, path).Trouble(); err == nil {
		t.Error("an empty log was not noticed")
	}
}
