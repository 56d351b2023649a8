// switch_yield.go - Go: two goroutines give way to each other, on one processor.
//
// SPDX-License-Identifier: MIT
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	runtime.GOMAXPROCS(1) // with more, each would keep a processor of its own and never give way
	var both sync.WaitGroup
	both.Add(2)
	body := func() {
		for i := 0; i < count/2; i++ {
			runtime.Gosched()
		}
		both.Done()
	}
	start := time.Now()
	go body()
	go body()
	both.Wait()
	spent := float64(time.Since(start).Nanoseconds())
	fmt.Printf("{\"bench\":\"switch.yield\",\"subject\":\"go\",\"unit\":\"ns\",\"value\":%.6g}\n",
		spent/float64(count))
}
