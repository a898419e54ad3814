package bus

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"
)

// TestChangeOverCutAnywhere stops between any two steps, and in the middle of
// the removal.
func TestChangeOverCutAnywhere(t *testing.T) {
	template := t.TempDir()
	want := fillStore(t, template, "one", 100)
	from := start(t, template, "one")
	second := filepath.Join(template, secondDir)
	if err := errors.Join(rekeying(template, "one", "two").copy(t.Context(), from, second), from.Close()); err != nil {
		t.Fatal(err)
	}
	t.Run("copy without its mark", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "store")
		if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
			t.Fatal(err)
		}
		storeHolds(t, dir, "one", want)
	})
	if err := replaceSynced(filepath.Join(second, completeFile), nil); err != nil {
		t.Fatal(err)
	}
	for done := range len(changeOver("")) + 1 {
		for _, removed := range []string{"", completeFile, "old", "lock"} {
			t.Run(fmt.Sprint(done, " steps ", removed), func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "store")
				if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
					t.Fatal(err)
				}
				for _, step := range changeOver(dir)[:done] {
					if err := step(); err != nil {
						t.Fatal(err)
					}
				}
				if done == 3 && removed != "" {
					_ = os.RemoveAll(filepath.Join(dir, secondDir, removed))
				}
				if i, err := KeyOf(dir, [][]byte{[]byte("two"), []byte("one")}); i != 0 || err != nil {
					t.Fatalf("the store is under key %d, %v, want the new one", i, err)
				}
				before := filesOf(t, dir)
				_, err := Start(t.Context(), Options{Dir: dir, Key: []byte("wrong"), Log: zap.NewNop()})
				if after := filesOf(t, dir); err == nil || !maps.Equal(after, before) {
					t.Fatalf("under a wrong key: %v; %d files were %d", err, len(after), len(before))
				}
				storeHolds(t, dir, "two", want)
			})
		}
	}
}

// rekeyIn makes the test binary change a store's key as a process of its own.
const rekeyIn = "TRIAGE_TEST_REKEY"

func TestRekeyChild(t *testing.T) {
	args := strings.Split(os.Getenv(rekeyIn), "|")
	if len(args) != 3 {
		t.Skip("a part of TestRekeyKilledAnywhere")
	}
	fmt.Println("begins")
	if err := Rekey(t.Context(), rekeying(args[0], args[1], args[2])); err != nil {
		t.Fatal(err)
	}
	fmt.Println("ended")
}

// rekeyChild starts a process that goes from one key to the other, and kills it
// after the time given. It reports how long it ran and whether it was done.
func rekeyChild(t *testing.T, dir, from, to string, after time.Duration) (took time.Duration, ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRekeyChild$")
	cmd.Env = append(os.Environ(), rekeyIn+"="+dir+"|"+from+"|"+to)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var began time.Time
	for lines := bufio.NewScanner(out); lines.Scan() && !ended; {
		fmt.Fprintln(&said, lines.Text())
		switch lines.Text() {
		case "begins":
			began = time.Now()
			kill := time.AfterFunc(after, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
			defer kill.Stop()
		case "ended":
			took, ended = time.Since(began), true
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	if began.IsZero() || strings.Contains(said.String(), "FAIL") {
		t.Fatalf("the process failed:\n%s", said.String())
	}
	return took, ended
}

// TestRekeyKilledAnywhere kills the change of keys, kill -9, at 50 random
// instants. After each the store is whole under one of the keys, and in the end
// the change succeeds.
func TestRekeyKilledAnywhere(t *testing.T) {
	const kills = 50
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	keys := []string{"one", "two"}
	want := fillStore(t, dir, keys[0], 150)
	whole, ended := rekeyChild(t, dir, keys[0], keys[1], time.Minute)
	if !ended {
		t.Fatal("the change of keys did not end within a minute")
	}
	under, killed := 1, map[string]int{}
	for n := 0; n < kills; {
		_, ended := rekeyChild(t, dir, keys[under], keys[1-under], time.Duration(random.Int64N(int64(whole)*6/5)))
		if !ended {
			n++
			killed[leftBehind(dir)]++
		}
		i, err := KeyOf(dir, [][]byte{[]byte(keys[0]), []byte(keys[1])})
		if i < 0 || err != nil {
			t.Fatalf("the store is under neither key: %v", err)
		}
		under = i
		storeHolds(t, dir, keys[under], want)
	}
	if killed["while copying"] == 0 {
		t.Errorf("%v: no kill came while the copy was written: the test shows nothing", killed)
	}
	if err := Rekey(t.Context(), rekeying(dir, keys[under], "three")); err != nil {
		t.Fatal(err)
	}
	storeHolds(t, dir, "three", want)
	t.Logf("a change takes %v; %d kills: %v", whole.Round(time.Millisecond), kills, killed)
}

func leftBehind(dir string) string {
	switch {
	case exists(dir, secondDir, completeFile):
		return "while changing over"
	case exists(dir, secondDir):
		return "while copying"
	}
	return "before or after"
}
