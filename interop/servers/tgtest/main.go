// A server of gotd's, for our client: it makes keys, answers help.getConfig and help.getNearestDc, and pushes an update after
// the latter. It listens on two ports, plain and obfuscated, and prints one line that describes both, each as
// `cablegram serve --json` does. It ends with its standard input.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgtest"
	"github.com/gotd/td/transport"
)

const (
	dc = 2
	// The package with this constructor is internal to gotd.
	msgsAck = 0x62d6b459
)

type address struct {
	ID   int    `json:"id"`
	Host string `json:"host"`
	Port int    `json:"port"`
}

type key struct {
	PEM string `json:"pem"`
}

type description struct {
	DCs        []address `json:"dcs"`
	PublicKeys []key     `json:"publicKeys"`
}

type descriptions struct {
	Plain      description `json:"plain"`
	Obfuscated description `json:"obfuscated"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	ended := make(chan error, 2)
	serve := func(wrap func(net.Listener) net.Listener) (description, error) {
		listener, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return description{}, err
		}
		port := listener.Addr().(*net.TCPAddr).Port
		server := tgtest.NewServer(tgtest.NewPrivateKey(private), tgtest.UnpackInvoke(answers(port)), tgtest.ServerOptions{DC: dc})
		go func() { ended <- server.Serve(ctx, transport.Listen(wrap(listener))) }()
		return describe(port, &private.PublicKey), nil
	}
	plain, err := serve(func(listener net.Listener) net.Listener { return listener })
	if err != nil {
		return err
	}
	obfuscated, err := serve(transport.ObfuscatedListener)
	if err != nil {
		return err
	}
	line, err := json.Marshal(descriptions{Plain: plain, Obfuscated: obfuscated})
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		ended <- nil
	}()
	return <-ended
}

func describe(port int, public *rsa.PublicKey) description {
	bytes := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(public)})
	return description{
		DCs:        []address{{ID: dc, Host: "127.0.0.1", Port: port}},
		PublicKeys: []key{{PEM: string(bytes)}},
	}
}

func answers(port int) tgtest.Handler {
	dispatcher := tgtest.NewDispatcher()
	dispatcher.Result(tg.HelpGetConfigRequestTypeID, &tg.Config{
		Date:      int(time.Now().Unix()),
		Expires:   int(time.Now().Add(time.Hour).Unix()),
		ThisDC:    dc,
		DCOptions: []tg.DCOption{{ID: dc, IPAddress: "127.0.0.1", Port: port}},
	})
	dispatcher.HandleFunc(tg.HelpGetNearestDCRequestTypeID, func(server *tgtest.Server, req *tgtest.Request) error {
		if err := server.SendResult(req, &tg.NearestDC{Country: "DE", ThisDC: dc, NearestDC: dc}); err != nil {
			return err
		}
		return server.SendUpdates(req.RequestCtx, req.Session, &tg.UpdateConfig{})
	})
	// Without a handler, an acknowledgement would end the connection.
	dispatcher.HandleFunc(msgsAck, func(*tgtest.Server, *tgtest.Request) error { return nil })
	return dispatcher
}
