package bus

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"

	"triage/internal/bus/cluster"
)

// account is a fresh account on the shared cluster.
func account(t *testing.T) Remote {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: three server processes are not started")
	}
	return remote(cluster.Shared(t).Access(t))
}

// Each refusal says what to do and shows nothing of a secret.
func TestConnectSaysWhatToDo(t *testing.T) {
	good := account(t)
	seed, err := os.ReadFile(good.NKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	file := func(content []byte, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := errors.Join(os.WriteFile(path, content, mode), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		change func(*Remote)
		want   string
	}{
		"nobody there":    {func(r *Remote) { r.URL = "tls://127.0.0.1:1" }, "see that the servers run"},
		"authority":       {func(r *Remote) { r.CAFile = "" }, "ca_file"},
		"name":            {func(r *Remote) { r.URL = strings.ReplaceAll(r.URL, "127.0.0.1", "localhost") }, "name that is in the server's certificate"},
		"no seed file":    {func(r *Remote) { r.NKeyFile = "/nowhere" }, "nkey_file"},
		"seed for all":    {func(r *Remote) { r.NKeyFile = file(seed, 0o640) }, "chmod 600"},
		"damaged seed":    {func(r *Remote) { r.NKeyFile = file(append([]byte("SUX"), seed[2:]...), 0o600) }, "line that begins with SU"},
		"unknown user":    {func(r *Remote) { r.NKeyFile = file(newSeed(t), 0o600) }, "add its public key U"},
		"no JetStream":    {func(r *Remote) { r.NKeyFile = cluster.Shared(t).Without(t).NKeyFile }, "turn JetStream on"},
		"password in URL": {func(r *Remote) { r.URL = "tls://me:SUAPASS@127.0.0.1:1" }, "use nkey_file"},
		"no authority":    {func(r *Remote) { r.CAFile = file([]byte("nothing"), 0o600) }, "no PEM certificate"},
		"open key":        {func(r *Remote) { r.CertFile, r.KeyFile = good.CAFile, file(nil, 0o644) }, "chmod 600"},
		"too many copies": {func(r *Remote) { r.Replicas = 5 }, "set replicas"},
	} {
		t.Run(name, func(t *testing.T) {
			r := good
			c.change(&r)
			err := refused(t, r)
			if text := err.Error(); !strings.Contains(text, c.want) || strings.Contains(text, "SUA") || strings.Contains(text, string(seed[3:20])) {
				t.Errorf("%v\nmust say %q and nothing of the seed", err, c.want)
			}
		})
	}
}

func refused(t *testing.T, r Remote) error {
	t.Helper()
	b, err := Connect(t.Context(), r)
	if err == nil {
		_ = b.Close()
		t.Fatal("connected")
	}
	return err
}

func newSeed(t *testing.T) []byte {
	t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// A second process under another key is refused before it changes anything;
// of many that start at once on an empty account, one key wins.
func TestRemoteKeyIsChecked(t *testing.T) {
	r := account(t)
	var mu sync.Mutex
	var wg sync.WaitGroup
	let := map[string]int{}
	for i := range 12 {
		wg.Go(func() {
			mine := r
			mine.Key = fmt.Appendf(nil, "key %d", i%2)
			b, err := Connect(t.Context(), mine)
			if err == nil {
				_ = b.Close()
				mu.Lock()
				let[string(mine.Key)]++
				mu.Unlock()
			} else if !strings.Contains(err.Error(), "key_file") {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(let) != 1 || let["key 0"]+let["key 1"] != 6 {
		t.Fatalf("let in: %v, want the six under one key", let)
	}
	r.Key = nil
	if _, err := Connect(t.Context(), r); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Fatalf("without a key: %v, want a refusal", err)
	}
}

// An account in which others have streams is not the practice's.
func TestForeignAccountIsRefused(t *testing.T) {
	r := account(t)
	b := connect(t, r)
	if err := b.js.DeleteStream(t.Context(), printStream); err != nil {
		t.Fatal(err)
	}
	if _, err := b.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "theirs"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Connect(t.Context(), r); err == nil || !strings.Contains(err.Error(), "account of its own") {
		t.Fatalf("%v, want a refusal", err)
	}
	var names []string
	for name := range b.js.StreamNames(t.Context()).Name() {
		names = append(names, name)
	}
	if !slices.Equal(names, []string{"theirs"}) {
		t.Fatalf("streams %v: something was created", names)
	}
}

// A process that would keep things on another number of servers is told which.
func TestOtherReplicasAreRefused(t *testing.T) {
	r := account(t)
	b := connect(t, r)
	r.Replicas = 1
	if _, err := Connect(t.Context(), r); err == nil || !strings.Contains(err.Error(), "set replicas to 3") {
		t.Fatalf("%v, want the number there is", err)
	}
	if s, err := b.js.Stream(t.Context(), printStream); err != nil || s.CachedInfo().Config.Replicas != 3 {
		t.Fatalf("%v; %d replicas, want 3 still", err, s.CachedInfo().Config.Replicas)
	}
}

func TestUnsettledServersAreAskedAgain(t *testing.T) {
	for code, want := range map[jetstream.ErrorCode]bool{codeUnavailable: true, codeNoPeers: false, codeNoReplicas: false} {
		if err := fmt.Errorf("create: %w", &jetstream.APIError{ErrorCode: code}); unsettled(err) != want {
			t.Errorf("%d: unsettled %v", code, !want)
		}
	}
}

func TestOldServersAreRefused(t *testing.T) {
	for version, ok := range map[string]bool{
		"2.12.0": true, "2.15.2": true, "3.0.0-beta.1": true, "2.13.0-RC.2": true,
		"2.11.9": false, "2.9.25": false, "1.4.1": false, "": false, "seven": false,
	} {
		if err := recent(version); (err == nil) != ok {
			t.Errorf("%q: %v", version, err)
		}
	}
}

func TestEachKindKnowsWhatItIs(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		embedded := strings.HasSuffix(t.Name(), "embedded")
		if b.Exclusive() != embedded || (b.replicas() == 1) != embedded {
			t.Errorf("exclusive %v, %d replicas", b.Exclusive(), b.replicas())
		}
		if err := b.Healthy(); err != nil {
			t.Error(err)
		}
		if share, err := b.Fill(); err != nil || share < 0 || share > 0.5 {
			t.Errorf("full to %v, %v", share, err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil {
			t.Errorf("closing twice: %v", err)
		}
	})
}
