// SPDX-License-Identifier: MIT

// A static Go program (CGO_ENABLED=0) that connects again and again and counts how each call ended, as
// dial.c does. It uses the system calls directly: Go's own Dial already undoes a self-connection.
package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

func main() {
	port, _ := strconv.Atoi(os.Args[1])
	count, _ := strconv.Atoi(os.Args[2])
	address := &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
	self, refused, reached, other := 0, 0, 0, 0

	for ; count > 0; count-- {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil {
			panic(err)
		}
		err = syscall.Connect(fd, address)
		if err == nil {
			local, _ := syscall.Getsockname(fd)
			if local.(*syscall.SockaddrInet4).Port == port {
				// Without TIME_WAIT the port is free for the next attempt.
				syscall.SetsockoptLinger(fd, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
				self++
			} else {
				reached++
			}
		} else if err == syscall.ECONNREFUSED {
			refused++
		} else {
			other++
		}
		syscall.Close(fd)
	}
	fmt.Printf("self=%d refused=%d reached=%d other=%d\n", self, refused, reached, other)
}
