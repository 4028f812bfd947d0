// The engine's floor: a program that loads what the pair's loads, and asks for nothing.
import "@pulumi/command";
import "@pulumi/mysql";
import "@pulumi/pulumi";
import "@pulumi/random";
