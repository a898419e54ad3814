package bus

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
	"go.uber.org/zap"
)

// Remote says how to reach NATS servers that run apart from the service. The
// practice has an account of its own there. TLS 1.3 is always used.
type Remote struct {
	// URL names the servers, separated by commas: tls://nats1.example:4222.
	URL string
	// NKeyFile holds the seed of the user's NKey; others must not be able to
	// read it. Empty leaves it to the certificate to say who we are.
	NKeyFile string
	// CAFile holds the certificates that vouch for the servers; empty trusts
	// those that the system trusts.
	CAFile string
	// CertFile and KeyFile are our own certificate, where the servers ask for one.
	CertFile, KeyFile string
	// Replicas is on how many servers each thing is kept; 0 means 1.
	Replicas int
	// Key is the practice's key. Only its fingerprint is kept on the servers, so
	// that a second process under another key is refused.
	Key []byte
	Log *zap.Logger
}

// Limits in time for servers that may be away. A server that stopped without
// closing its connection is noticed after the third ping.
const (
	dialTimeout   = 3 * time.Second
	answerTimeout = 5 * time.Second
	agreeTimeout  = 10 * time.Second
	pingInterval  = 5 * time.Second
)

// Connect opens the practice's account on NATS servers that run elsewhere. It
// tries each server once; later it reconnects for as long as it takes.
func Connect(ctx context.Context, r Remote) (*Bus, error) {
	b := &Bus{log: r.Log, copies: r.Replicas}
	if err := b.connect(ctx, r); err != nil {
		_ = b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bus) connect(ctx context.Context, r Remote) error {
	if strings.Contains(r.URL, "@") {
		return errors.New("connect to NATS: the URL must not hold a password: use nkey_file")
	}
	options, user, err := b.options(r)
	if err != nil {
		return fmt.Errorf("connect to NATS: %w", err)
	}
	if b.nc, err = nats.Connect(r.URL, options...); err != nil {
		return fmt.Errorf("connect to NATS at %s: %w", r.URL, refusal(err, user))
	}
	if err := recent(b.nc.ConnectedServerVersion()); err != nil {
		return err
	}
	if b.js, err = jetstream.New(b.nc, jetstream.WithDefaultTimeout(answerTimeout)); err != nil {
		return fmt.Errorf("connect to NATS: %w", err)
	}
	if _, err := b.js.AccountInfo(ctx); err != nil {
		return fmt.Errorf("connect to NATS: %w", noJetStream(err))
	}
	if err := b.checkRemoteKey(ctx, r.Key); err != nil {
		return err
	}
	return b.checkReplicas(ctx)
}

func (b *Bus) options(r Remote) (options []nats.Option, user string, err error) {
	secure, err := r.tls()
	if err != nil {
		return nil, "", err
	}
	log := b.log
	options = []nats.Option{
		nats.Name("triage"), nats.Secure(secure), nats.Timeout(dialTimeout),
		nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond), nats.IgnoreAuthErrorAbort(),
		nats.PingInterval(pingInterval),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // nil when we closed it
				log.Warn("lost the connection to NATS, trying again", zap.Error(err))
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			log.Info("connected to NATS again", zap.String("server", nc.ConnectedServerName()))
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Warn("NATS", zap.Error(err))
		}),
	}
	if r.NKeyFile == "" {
		return options, "by certificate", nil
	}
	pair, public, err := nkey(r.NKeyFile)
	if err != nil {
		return nil, "", err
	}
	return append(options, nats.Nkey(public, pair.Sign)), public, nil
}

func (r Remote) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS13}
	if r.CAFile != "" {
		pem, err := os.ReadFile(r.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file: there is no PEM certificate in %s", r.CAFile)
		}
	}
	if r.CertFile != "" || r.KeyFile != "" {
		if err := private(r.KeyFile); err != nil {
			return nil, fmt.Errorf("key of the certificate: %w", err)
		}
		pair, err := tls.LoadX509KeyPair(r.CertFile, r.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// nkey reads a seed and returns the pair and its public key.
func nkey(path string) (nkeys.KeyPair, string, error) {
	if err := private(path); err != nil {
		return nil, "", fmt.Errorf("nkey_file: %w", err)
	}
	seed, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("nkey_file: %w", err)
	}
	defer clear(seed)
	pair, err := nkeys.ParseDecoratedNKey(seed)
	if err != nil {
		return nil, "", fmt.Errorf("nkey_file: %s does not hold the seed of an NKey, a line that begins with SU", path)
	}
	public, err := pair.PublicKey()
	return pair, public, err
}

// private refuses a secret that others than its owner can read. systemd keeps
// its credentials from others by other means.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if info.Mode().Perm()&0o077 != 0 && (dir == "" || filepath.Dir(path) != dir) {
		return fmt.Errorf("others can read %s: run: chmod 600 %s", path, path)
	}
	return nil
}

// refusal says what to do about a first connect that failed.
func refusal(err error, user string) error {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.Is(err, nats.ErrAuthorization):
		return fmt.Errorf("%w: the user is not known to the server: add its public key %s to the practice's account", err, user)
	case errors.As(err, &unknown):
		return fmt.Errorf("%w: name the certificate of the authority that signed the server's in ca_file", err)
	case errors.As(err, &name):
		return fmt.Errorf("%w: use the name that is in the server's certificate in the URL", err)
	case errors.Is(err, nats.ErrSecureConnWanted):
		return fmt.Errorf("%w: turn TLS on at the server", err)
	}
	return fmt.Errorf("%w: see that the servers run, and that they can be reached from here", err)
}

func noJetStream(err error) error {
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return fmt.Errorf("%w: turn JetStream on at the servers and in the practice's account", err)
	}
	return fmt.Errorf("JetStream: %w: see that most of the servers run, and that the user may publish to $JS.API.>", err)
}

// recent refuses servers that lack what we build on: atomic batches came with 2.12.
func recent(version string) error {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil || major < 2 || major == 2 && minor < 12 {
		return fmt.Errorf("connect to NATS: the server's version is %q: upgrade the servers to 2.12 or later", version)
	}
	return nil
}

// printStream holds one message, the fingerprint of the key.
const printStream = "fingerprint"

// checkRemoteKey is checkKey for an account elsewhere: of several processes that
// start on an empty account, the first to write decides.
func (b *Bus) checkRemoteKey(ctx context.Context, key []byte) error {
	limit, cancel := context.WithTimeout(ctx, agreeTimeout)
	defer cancel()
	stored, err := b.storedPrint(limit, fingerprint(key))
	for unsettled(err) && limit.Err() == nil {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-limit.Done():
		}
		stored, err = b.storedPrint(limit, fingerprint(key))
	}
	if err != nil {
		return fmt.Errorf("check the key against the store: %w", err)
	}
	if stored != fingerprint(key) {
		return errors.New("the account's store was written under another key; nothing was touched: give the right key file (key_file)")
	}
	return nil
}

// unsettled reports that the servers do not agree on a new stream yet.
func unsettled(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, jetstream.ErrStreamNotFound) ||
		errors.Is(err, jetstream.ErrNoStreamResponse) || isAPI(err, codeUnavailable)
}

// storedPrint is the account's fingerprint, which is ours if there was none.
func (b *Bus) storedPrint(ctx context.Context, ours string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	stream, err := b.openPrint(ctx)
	if err != nil {
		return "", err
	}
	stored, err := stream.GetMsg(ctx, 1)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		_, err = b.js.Publish(ctx, printStream, []byte(ours), jetstream.WithExpectLastSequence(0))
		if err == nil || isAPI(err, codeWrongLastSequence, codeSequenceInFlight) {
			stored, err = stream.GetMsg(ctx, 1)
		}
	}
	if err != nil {
		return "", err
	}
	return string(stored.Data), nil
}

// openPrint finds the stream of the fingerprint, or creates it in an account
// in which there is nothing else.
func (b *Bus) openPrint(ctx context.Context) (jetstream.Stream, error) {
	stream, err := b.js.Stream(ctx, printStream)
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return stream, err
	}
	names := b.js.StreamNames(ctx)
	others := 0
	for name := range names.Name() {
		if name == printStream { // another process was quicker
			return b.js.Stream(ctx, printStream)
		}
		others++
	}
	if names.Err() != nil {
		return nil, names.Err()
	}
	if others > 0 {
		return nil, fmt.Errorf("there are %d streams in the account but no fingerprint of a key: give the practice an account of its own, or restore a backup", others)
	}
	stream, err = b.js.CreateStream(ctx, jetstream.StreamConfig{
		Name: printStream, Subjects: []string{printStream}, Storage: jetstream.FileStorage,
		Discard: jetstream.DiscardNew, MaxMsgs: 1, Replicas: b.replicas(),
	})
	if isAPI(err, codeNoReplicas, codeNoPeers) {
		return nil, fmt.Errorf("%w: %d replicas need as many servers in one cluster: set replicas to what there is", err, b.replicas())
	}
	return stream, err
}

// JetStream's refusals when servers are missing.
const (
	codeNoPeers     jetstream.ErrorCode = 10005 // fewer than copies are asked for
	codeNoReplicas  jetstream.ErrorCode = 10074 // likewise
	codeUnavailable jetstream.ErrorCode = 10008 // they have no leader yet
)
