import { type Library, PHONE } from './snippet.ts'

export const gotd: Library = {
  name: 'gotd',
  title: 'gotd',
  file: 'main.go',
  comment: '//',
  install: 'go mod init example && go get github.com/gotd/td@v0.93.0 && go mod tidy',
  run: 'go run .',
  notes: ['Save the program before you install: `go mod tidy` reads its imports.'],
  program: ({ dcId, host, port, apiId, apiHash, pem }) => `\
package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log"

	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/auth"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"
)

const publicKey = \`${pem}\`

func main() {
	block, _ := pem.Decode([]byte(publicKey))
	key, err := x509.ParsePKCS1PublicKey(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	client := telegram.NewClient(${apiId}, "${apiHash}", telegram.Options{
		DC:         ${dcId},
		DCList:     dcs.List{Options: []tg.DCOption{{ID: ${dcId}, IPAddress: "${host}", Port: ${port}}}},
		PublicKeys: []telegram.PublicKey{{RSA: key}},
	})
	err = client.Run(context.Background(), func(ctx context.Context) error {
		// A test number of data centre 2: TestUser knows its code, and signs up where there is no account.
		flow := auth.NewFlow(auth.TestUser("${PHONE}", 2), auth.SendCodeOptions{})
		if err := flow.Run(ctx, client.Auth()); err != nil {
			return err
		}
		me, err := client.Self(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("Signed in as %s (+%s).\\n", me.FirstName, me.Phone)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
}
`,
}
