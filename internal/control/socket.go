package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
)

// maxSocket is how long the path of a socket may be on every system, with room
// for the name it is made under.
const maxSocket = 90

// ErrServed: another process of the practice answers commands there already.
var ErrServed = errors.New("another process answers commands")

// Listen opens the socket, in place of one left by a process that died.
func Listen(path string) (net.Listener, error) {
	if len(path) > maxSocket {
		return nil, fmt.Errorf("the path of the socket %s is longer than the system takes: choose a shorter data.dir", path)
	}
	if _, ok := Dial(path); ok {
		return nil, ErrServed
	}
	l, err := listen(path)
	if err != nil {
		return nil, fmt.Errorf("open the socket for commands: %w: make %s writable", err, filepath.Dir(path))
	}
	return l, nil
}

// listen makes the socket where nobody else can reach it before it has its mode.
func listen(path string) (_ net.Listener, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".s")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	made := filepath.Join(dir, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	if err := errors.Join(os.Chmod(made, 0o600), os.Rename(made, path)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return socket{l, path}, nil
}

// socket removes its file when it is closed.
type socket struct {
	*net.UnixListener
	path string
}

// Close implements net.Listener.
func (s socket) Close() error { return errors.Join(os.Remove(s.path), s.UnixListener.Close()) }

// Dial returns a client of the service at the socket; ok is false where nobody
// answers there.
func Dial(path string) (client *http.Client, ok bool) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	conn, err := dial(context.Background(), "", "")
	if err != nil {
		return nil, false
	}
	_ = conn.Close()
	return &http.Client{Transport: &http.Transport{DialContext: dial}}, true
}

// Local returns a client of h in this process, and how to end it.
func Local(h http.Handler) (client *http.Client, end func()) {
	l := &pipes{conns: make(chan net.Conn), over: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = Serve(ctx, l, h) }()
	return &http.Client{Transport: &http.Transport{DialContext: l.dial, DisableKeepAlives: true}},
		func() { cancel(); <-done }
}

// pipes is a listener within the process.
type pipes struct {
	conns chan net.Conn
	over  chan struct{}
	once  sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.over:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.over:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error { p.once.Do(func() { close(p.over) }); return nil }

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Net: "pipe"} }

type peerKey struct{}

// withPeer notes which operating-system user is at the other end.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, peerKey{}, peer(c))
}

func osUser(ctx context.Context) string {
	name, _ := ctx.Value(peerKey{}).(string)
	return name
}

// OSUser is the name of the operating-system user of this process.
func OSUser() string { return userName(os.Getuid()) }

// peer is the name of the operating-system user at the other end; within the
// process, its own.
func peer(c net.Conn) string {
	uid := os.Getuid()
	if socket, ok := c.(*net.UnixConn); ok {
		uid = peerID(socket)
	}
	return userName(uid)
}

func userName(uid int) string {
	id := strconv.Itoa(uid)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}
