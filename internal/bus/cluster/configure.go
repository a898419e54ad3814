package cluster

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
)

// accounts is how many tests one cluster can serve.
const accounts = 256

// Access is what a client needs to use one account: the fields of the same
// names in bus.Remote.
type Access struct {
	URL, NKeyFile, CAFile string
	Replicas              int
}

// user is the one user of an account.
type user struct {
	seed   []byte
	public string
	pair   nkeys.KeyPair
}

// config is a server's, in NATS's own language.
const config = `
server_name: %[1]s
listen: "127.0.0.1:%[2]d"
http: "127.0.0.1:%[3]d"
tls { cert_file: "%[4]s/server.pem", key_file: "%[4]s/server.key" }
cluster {
  name: test, listen: "127.0.0.1:%[5]d", routes: [%[6]s]
  tls { cert_file: "%[4]s/server.pem", key_file: "%[4]s/server.key", ca_file: "%[4]s/ca.pem" }
}
jetstream {
  store_dir: "%[4]s/%[1]s", sync_interval: always, cipher: aes, key: "a key for tests only"
  max_memory_store: 64MB, max_file_store: 4GB
}
max_payload: 4MB
accounts {
%[7]s}
`

// configure writes the certificates and the servers' configurations.
func (c *Cluster) configure() error {
	if err := c.certify(); err != nil {
		return err
	}
	users := "  nothing { users: [{nkey: %q}] }\n" // an account without JetStream
	for i := range accounts + 1 {
		u, err := newUser()
		if err != nil {
			return err
		}
		if c.clients = append(c.clients, u); i < accounts {
			users += fmt.Sprintf("  a%d { jetstream: enabled, users: [{nkey: %s}] }\n", i, u.public)
		}
	}
	users = fmt.Sprintf(users, c.clients[accounts].public)
	var routes []string
	for _, n := range c.nodes {
		routes = append(routes, fmt.Sprintf(`"tls://127.0.0.1:%d"`, n.route))
	}
	for _, n := range c.nodes {
		text := fmt.Sprintf(config, n.name, n.client, n.monitor, c.dir, n.route, strings.Join(routes, ", "), users)
		if err := os.WriteFile(c.path(n.name+".conf"), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func newUser() (u user, err error) {
	if u.pair, err = nkeys.CreateUser(); err != nil {
		return u, err
	}
	if u.seed, err = u.pair.Seed(); err != nil {
		return u, err
	}
	u.public, err = u.pair.PublicKey()
	return u, err
}

// certify writes an authority and a certificate of it for 127.0.0.1.
func (c *Cluster) certify() error {
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test server"},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	caDER, err1 := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	der, err2 := x509.CreateCertificate(rand.Reader, server, ca, &key.PublicKey, caKey)
	keyDER, err3 := x509.MarshalPKCS8PrivateKey(key)
	return errors.Join(err1, err2, err3,
		c.writePEM("ca.pem", "CERTIFICATE", caDER),
		c.writePEM("server.pem", "CERTIFICATE", der),
		c.writePEM("server.key", "PRIVATE KEY", keyDER))
}

func (c *Cluster) writePEM(name, kind string, der []byte) error {
	return os.WriteFile(c.path(name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

// Access hands out an account that nobody used before. What the test leaves in
// it is removed at its end.
func (c *Cluster) Access(tb testing.TB) Access {
	tb.Helper()
	i := int(c.next.Add(1)) - 1
	if i >= accounts {
		tb.Fatalf("all %d accounts of the cluster are used", accounts)
	}
	tb.Cleanup(func() { c.empty(tb, c.clients[i]) })
	return c.access(tb, c.clients[i])
}

// Without hands out an account that has no JetStream.
func (c *Cluster) Without(tb testing.TB) Access {
	tb.Helper()
	return c.access(tb, c.clients[accounts])
}

func (c *Cluster) access(tb testing.TB, u user) Access {
	tb.Helper()
	path := c.path(u.public + ".seed")
	if err := os.WriteFile(path, u.seed, 0o600); err != nil {
		tb.Fatal(err)
	}
	return Access{URL: c.URL(), NKeyFile: path, CAFile: c.path("ca.pem"), Replicas: Size}
}

// connect opens a connection of our own.
func (c *Cluster) connect(u user) (*nats.Conn, jetstream.JetStream, error) {
	nc, err := nats.Connect(c.URL(), nats.RootCAs(c.path("ca.pem")), nats.Nkey(u.public, u.pair.Sign),
		nats.Secure(&tls.Config{MinVersion: tls.VersionTLS13}))
	if err != nil {
		return nil, nil, err
	}
	js, err := jetstream.New(nc)
	return nc, js, err
}

// awaitPeers returns once a stream can be kept on all servers.
func (c *Cluster) awaitPeers() error {
	nc, js, err := c.connect(c.clients[0])
	if err != nil {
		return err
	}
	defer nc.Close()
	return eventually("the servers take a stream", func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "ready", Replicas: Size})
		if err == nil {
			err = js.DeleteStream(ctx, "ready")
		}
		return err
	})
}

// empty removes an account's streams: each costs the servers time.
func (c *Cluster) empty(tb testing.TB, u user) {
	nc, js, err := c.connect(u)
	if err != nil {
		tb.Error(err)
		return
	}
	defer nc.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	names := js.StreamNames(ctx)
	for name := range names.Name() {
		if err := js.DeleteStream(ctx, name); err != nil {
			tb.Error(err)
		}
	}
	if names.Err() != nil {
		tb.Error(names.Err())
	}
}
