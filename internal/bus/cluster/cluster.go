// Package cluster starts a real cluster of three nats-server processes for
// tests, with TLS, NKeys, encryption and a sync of every write, and kills,
// freezes and restarts its servers.
package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// Size is the number of servers.
const Size = 3

// Cluster is three servers, named n0, n1 and n2, that share many accounts.
type Cluster struct {
	dir     string // everything is below it
	binary  string
	nodes   [Size]*node
	clients []user
	next    atomic.Int32 // the account to be handed out
}

// node is one server; its ports stay the same over restarts.
type node struct {
	name                   string
	client, route, monitor int // ports
	process                *exec.Cmd
}

var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
}

// Shared returns the cluster of this test process, started at the first call.
// TestMain must call StopShared.
func Shared(tb testing.TB) *Cluster {
	tb.Helper()
	shared.once.Do(func() { shared.cluster, shared.err = start() })
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.cluster
}

// StopShared ends what Shared started, if it did.
func StopShared() {
	if shared.cluster != nil {
		shared.cluster.stop()
	}
}

// Start starts a cluster for one test, ready to create streams in.
func Start(tb testing.TB) *Cluster {
	tb.Helper()
	c, err := start()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.stop)
	return c
}

func start() (c *Cluster, err error) {
	c = &Cluster{}
	if c.dir, err = os.MkdirTemp("", "cluster"); err != nil {
		return nil, err
	}
	if err := c.bringUp(); err != nil {
		err = fmt.Errorf("start the cluster: %w\n%s", err, c.said())
		c.stop()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) bringUp() error {
	path, err := exec.Command("go", "tool", "-n", "nats-server").Output() // builds it
	if err != nil {
		return fmt.Errorf("build nats-server: %w", err)
	}
	c.binary = strings.TrimSpace(string(path))
	ports, err := freePorts(3 * Size)
	if err != nil {
		return err
	}
	for i := range c.nodes {
		c.nodes[i] = &node{name: fmt.Sprint("n", i), client: ports[3*i], route: ports[3*i+1], monitor: ports[3*i+2]}
	}
	if err := c.configure(); err != nil {
		return err
	}
	for i := range c.nodes {
		if err := c.launch(i); err != nil {
			return err
		}
	}
	for i := range c.nodes {
		if err := c.await(i); err != nil {
			return err
		}
	}
	return c.awaitPeers()
}

// launch starts a server's process.
func (c *Cluster) launch(i int) error {
	n := c.nodes[i]
	if err := c.mend(n); err != nil {
		return err
	}
	out, err := os.OpenFile(c.path(n.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	n.process = exec.Command(c.binary, "-c", c.path(n.name+".conf"))
	n.process.Stdout, n.process.Stderr = out, out
	n.process.SysProcAttr = EndWithUs()
	return n.process.Start()
}

// mend removes the blocks that a server was killed over before it gave them a key.
// They are empty. nats-server 2.15.2 would refuse once whatever they belong to: it
// ends, or keeps a stream down until it is started again.
func (c *Cluster) mend(n *node) error {
	return filepath.WalkDir(c.path(n.name), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was never started
		}
		stem, block := strings.CutSuffix(path, ".blk")
		if err != nil || !block {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Size() > 0 {
			return err
		}
		if _, err = os.Stat(stem + ".key"); errors.Is(err, fs.ErrNotExist) {
			err = os.Remove(path)
		}
		return err
	})
}

// URL names all servers.
func (c *Cluster) URL() string {
	urls := make([]string, Size)
	for i, n := range c.nodes {
		urls[i] = fmt.Sprintf("tls://127.0.0.1:%d", n.client)
	}
	return strings.Join(urls, ",")
}

// Node is the number of the server of this name, as streams name their leader.
func (c *Cluster) Node(name string) int {
	for i, n := range c.nodes {
		if n.name == name {
			return i
		}
	}
	return -1
}

// Kill ends a server at once, as kill -9 does.
func (c *Cluster) Kill(tb testing.TB, i int) {
	tb.Helper()
	if err := c.kill(i); err != nil {
		tb.Fatal(err)
	}
}

func (c *Cluster) kill(i int) error {
	p := c.nodes[i].process
	if err := p.Process.Kill(); err != nil {
		return err
	}
	_ = p.Wait() // says that it was killed
	return nil
}

// Restart starts a server that was killed and waits until all three, of which
// none may be down, have caught up: then any of them can be done without.
func (c *Cluster) Restart(tb testing.TB, i int) {
	tb.Helper()
	c.Launch(tb, i)
	err := c.await(i)
	if err == nil {
		err = eventually("all servers are up to date", c.agree)
	}
	if err != nil {
		tb.Fatalf("%v\n%s", err, c.said())
	}
}

// Launch starts a server that was killed and does not wait: alone it would not
// catch up.
func (c *Cluster) Launch(tb testing.TB, i int) {
	tb.Helper()
	if err := c.launch(i); err != nil {
		tb.Fatal(err)
	}
}

// Pause freezes a server: its connections stay open and nothing answers.
func (c *Cluster) Pause(tb testing.TB, i int) { c.signal(tb, i, syscall.SIGSTOP) }

// Resume lets a frozen server go on.
func (c *Cluster) Resume(tb testing.TB, i int) { c.signal(tb, i, syscall.SIGCONT) }

func (c *Cluster) signal(tb testing.TB, i int, s syscall.Signal) {
	tb.Helper()
	if err := c.nodes[i].process.Process.Signal(s); err != nil {
		tb.Fatal(err)
	}
}

// stop kills what runs and removes what was written.
func (c *Cluster) stop() {
	for i, n := range c.nodes {
		if n != nil && n.process != nil && n.process.Process != nil {
			_ = c.kill(i) // it may be dead already
		}
	}
	_ = os.RemoveAll(c.dir)
}

// said is the end of what the servers logged.
func (c *Cluster) said() string {
	var all strings.Builder
	for i := range c.nodes {
		text, _ := os.ReadFile(c.path(fmt.Sprintf("n%d.log", i)))
		fmt.Fprintf(&all, "n%d:\n%s\n", i, text[max(0, len(text)-3000):])
	}
	return all.String()
}

func (c *Cluster) path(name string) string { return filepath.Join(c.dir, name) }

// freePorts finds ports that nobody listens on. They are below those that the
// system gives to whoever asks for any: a server that is down finds its own free
// when it comes back.
func freePorts(n int) (ports []int, err error) {
	for tries := 0; len(ports) < n; tries++ {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(15000+rand.IntN(15000))))
		if err != nil && tries < 100 {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }() // all at the end, so that no two are the same
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
