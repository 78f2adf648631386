/* Keys, signatures and ciphertexts that public_key_test.c knows the answers of, made with Python's
 * integers. */
#ifndef WALSEAL_TESTS_PUBLIC_KEY_VECTORS_H
#define WALSEAL_TESTS_PUBLIC_KEY_VECTORS_H

#include "crypto/public_key.h"

#define RSA_N                                                                                      \
    "ee0e771e83017d2190dbdd633894f9a2753b9e89ba8cdec4c0ef1e7120426fe3958e01a4ad3c08e6"             \
    "8fe1598df646ef22597ba531f4439c276ef767b87ab0e31dcdc2f4a98ef35eab54fb390bb74459b7"             \
    "7fe432320edced4bb4681620eb907b48bdd5b6c972567d7d06670380c714a27f26248319032257f0"             \
    "c6aad14cb392631f"
#define RSA_E "010001"
#define RSA_D                                                                                      \
    "d65465c12dd8204e213b23071b415dc47be252a9d430d2bcb8ac516f2ec9422dd84fc380fd8b88c3"             \
    "f514c269832b785027da9fefeae91865948de16f81df528a9d252a4e7a978ac2c62b26652d8e68a8"             \
    "a673b573d44673b219b6bbde6f8d581465649f2485192df3fdb1c78f6435b697510280191210ff4c"             \
    "830acae32e1c8b71"
#define RSA_D_LCM                                                                                  \
    "0ff3027d16018d5cd32e95346c1a8dbd1a30a3e1b8bb6e6e17e50d663e91e4f031041777c2842c03"             \
    "d283a27335f05bb387f396464a061644b8150b0070f69548b7f91bcd6a9164099cf3b529d5463119"             \
    "577b0c735a5a13b939a2c18c59eaede84f7703f417c6088af27904c7ee81a4b2a2feec9bb681c474"             \
    "5e396b1eac634d49"
#define RSA_P                                                                                      \
    "ef8854908f5f61d38c554d81750982507e73ab87853455b2a6bf37c418ea45a5edc5ee0d91416904"             \
    "eeda5d753cbea3f22b0180de3e3141852807560f6d5f6d67"
#define RSA_Q                                                                                      \
    "fe6c284aec5967f9973030763eb0fb216f795576c4268ad4cd90e52d857ce96de8f2a81b5de4812d"             \
    "3d48891c304ab5e0f71eb7a457120301d8db6eb7ddbb1189"
#define RSA_U                                                                                      \
    "868644f879bbc6f1fed34139817cc4342f1f2cf77a881e2982b5835c628af3c10ec0beb69c1fa1ad"             \
    "ad2bbbb0c7030ad4bb435f2512d71edb11edd8a4776d3138"
#define RSA_U_SWAPPED                                                                              \
    "70e18b21290912f95a4916c9e008c3a43063eed8b42ae3473e1685677513baf41640b737d247d771"             \
    "55223ae9fac2849694d9d0400e7ddaa5ff635cd238ade2d8"
#define RSA_PLAIN                                                                                  \
    "000253f32766a70d13d38a195e960fe982370a17706c123e188e6d10d49120f33aa2a196f3109496"             \
    "660dfa390c8fdc234b6c258b1f934f90d1af2f1b9593a43160198db71191109f3580af896ec75178"             \
    "96ed755d4d40cc2fb3c83f1500000102030405060708090a0b0c0d0e0f101112131415161718191a"             \
    "1b1c1d1e1f202122"
#define RSA_CIPHER                                                                                 \
    "ed611bd4ffb2dbf5007aa40dd33850c4f8743c4883bf491895b5ac4f0719d7561a1fcb4221e80738"             \
    "0a47e9b83f0604d10702a10cbe91f57ce8986061d56a88f51ff420362cdd241675283a6e8840b057"             \
    "8ceffb8ba02d148586cf9a177066b6637be40d19080def5b29f782b0ff5213b4691935b087c40dc1"             \
    "1f83b667b7375a4e"
#define RSA_SHORT_PLAIN                                                                            \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"             \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"             \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"             \
    "00000000000000eb"
#define RSA_SHORT_CIPHER                                                                           \
    "9c70c9ff392b7ffbece69cce7c3123105bd04f38f24f34dfef144d1f55bbae88664c52c70606a8fd"             \
    "1e79b784622926a8c15de2d357ecc2516c45a9dd95b2284ef4f783b9f3508a8ec762cd83cde391a7"             \
    "5f1e606706f82113f78936edb6ee251af1ae94d06be22875acf90719dc6be4191b4d037ab8b37897"             \
    "64cc7420acb3bb"
#define RSA_D_WRONG_FOR_P                                                                          \
    "d65465c12dd8204e213b23071b415dc47be252a9d430d2bcb8ac516f2ec9422dd84fc380fd8b88c3"             \
    "f514c269832b785027da9fefeae91865948de16f81df528b9b91529966f0f2bc5d5b56db6c3f63ca"             \
    "15ed0aea986cfe86e747a10bf50a41824e57473fe2fdaf213afa50ab94806c78482137bd6923024e"             \
    "5be6399b0bd79cf9"
#define RSA_D_WRONG_FOR_Q                                                                          \
    "d65465c12dd8204e213b23071b415dc47be252a9d430d2bcb8ac516f2ec9422dd84fc380fd8b88c3"             \
    "f514c269832b785027da9fefeae91865948de16f81df528b8cad7edf09f6ec96528073e6a297eaf9"             \
    "24e760fb597ac964c075f3a288779dba532a8d32165a96f8ec8c2504a0f45a897c0400f7504240d1"             \
    "ab1220f29b7bf8d7"
#define RSA_U_LARGE                                                                                \
    "0184f26d4366152eeb960371afc02dbf559e98826e3eaea8fe50466889e807dd2ef7b366d1fa0422"             \
    "daea7444ccf74dc0b5b26216c969e921dceac9475c552842c1"
#define RSA_SIGNATURE_MD5                                                                          \
    "176615019e517e18ff153c81af5129c4babdc7fa47b36a89afba224c0c195da81b481764e60c74ea"             \
    "2b1de70cd45977d20e99456cf9cec6d9e24078569c16628a81fb5ec57ee2cda13fcfebef7afc8083"             \
    "39380ba6392077fd17a08cb68923e1ca933c7795aaa2d6aefa6b28fbed18b49049a1c22400b7f6d1"             \
    "c2867757f259b237"
#define RSA_SIGNATURE_SHA1                                                                         \
    "2a14e4e6247dcf24b433a21b0c997ed029850ca34edc11d3a67e30a5d81f3e5a1f9748739e84e3f8"             \
    "708b24bd4f439f01cf782c29a3d20d4f85853b584467ef6ae4b30439192719fee3ce8ce31d62c5bb"             \
    "5cf71bd26eb6cd22cd4ca45e7043e3eff633f1917dfa65627a7916a8d35836460b96b25ddb1b1d5e"             \
    "0b663020c30a004c"
#define RSA_SIGNATURE_RIPEMD160                                                                    \
    "761da0bd8012676fb2d0f384e671e41aadc0ec5cf4478af4cb548e6ce777461b92487493edef01fa"             \
    "9ee75a475f0c1784b253a4fdd927600dfcf76b3d031acced7ab12c0e088a37d264ec3985fb4887e9"             \
    "a54c2aec93fa950c7af0a27e22438c832f80241fb509c55f4e64e7b19c096b2b00710b85b8bfd945"             \
    "7ada58e23eef798c"
#define RSA_SIGNATURE_SHA224                                                                       \
    "25f6ce838526c1c64c11b652cd9a47800fcf02a19afa92bc27411f0ce9f97b9cbfe63042f3b1a66b"             \
    "5d9544c55739b50d320bb9810428dd2b62f73e8fe49b971abb13dcf9dad1cf33bd3e30e5d9b110a2"             \
    "63f4c83065a7dca54f175c3d2e167d917a87fe9e7d1c5ecfa89661403ef47544c40dd03c9bae5dc6"             \
    "1f0995bf34edc2f5"
#define RSA_SIGNATURE_SHA256                                                                       \
    "9aa5cc15b0d11c287571c820f2b49fdbe5c471e7765490e9c98c557c64cfab453fc8b84b9e2feb60"             \
    "0eb445963435dd5ca91ba8b2891fad6b29846310e31ed58422ab7b661d44bfc4264d169ece06c7ee"             \
    "5a975a056aa8a839a89d8e7bf454e3298e47d74f7e8d4eb1f4f551f7c509eeb3c9925cde9ac0bd2f"             \
    "e8bb557c71f8c1e2"
#define RSA_SIGNATURE_SHA384                                                                       \
    "c22ba8c2274af28fc0b543bce9ee14922657ff870ee24ff6b57316a8b4d6cc7536f88f70fdcee637"             \
    "d23a8ae796cf19ee1763626da195746cbf0c78c7b1a061de464281ba0fceee0ce6068895bb3c855a"             \
    "c929e63e721188e677cbf9effe18811a6c2c083a853ab138368e1db4be1acfbd5685f72856337058"             \
    "177c3d9abd071cf1"
#define RSA_SIGNATURE_SHA512                                                                       \
    "1502f6a61fc32ee84aa4f14752d5ccdc0a253ead4dc80724d4874754e1a222e4630f299237e2bdd5"             \
    "bb3d5ae41cbea473fbbe852138bc17765a97603ba5953681487068e75641e006503e69ebc08724bf"             \
    "b37c7eb5f92f33103726544aa86217ba01c3120ea0035e58ee2bf9713d8f49d22316ef22ee3ff9e4"             \
    "30032e6e383772e9"
#define RSA_SIGNATURE_SHA3_256                                                                     \
    "ad557c00bcbf3ddc193efd4a28b119b18fd1fb08597e6c196e5494d6b14a27ac0d81c1003269ebd3"             \
    "557c25b2c2f79c696aa09d4d376493e4848fce4b8948b0174a6dca6f3e94e527eb1aa84d0f880b8c"             \
    "04020e7735df9a6ef0e778787b14f1068452cdd5084aed8de0cbaf033e6581287f6d1105ce3dbe83"             \
    "7222983f92c56596"
#define RSA_SIGNATURE_SHA3_512                                                                     \
    "db2b025b8b4ea7e587ccb26db0c2c673e49748e50dce6d58af66add5c75dafa1adb1458db353f727"             \
    "7b130f380a8d05d7e88f89cb00ed44765e03ddc926a7a537131f7388de5c326bd86054db7aed6d6e"             \
    "85546258eb787d9b85a9c4b3ca2f3a4c3f7a45d8fb1b15fd19454b28cce3e0d2ca10977309f453d2"             \
    "907d6446aeceeb10"
#define RSA_SIGNATURE_LOOSE                                                                        \
    "a566303e438d1da0eb8269efc8b395586f93f3fdf4bedb87c107e509267f247680b2aab226819f6b"             \
    "8772ba4dee8a215d25dfb2dd95e837e2d445b803e8fa6bb46e976fe83b76995883bf7271e3f4f95a"             \
    "bdad3da21fa63608231fb4040eda0331db5e3c7e028b4011ec427d605d23a15c21b315b94a528dae"             \
    "49d3f9703fd8d5bd"
#define RSA_SHORT_TEXT "short 166"
#define RSA_SHORT_SIGNATURE                                                                        \
    "8e0e0d1f0f4e6bd0ada92dcfea730b76c1c1c15ad05ba349ce7333228e969a16c302597f0f90cd5f"             \
    "3164996d949e6646116b82837b602ebad92a8dd2feeeb4a95dcad27912d0146237a7231df388e7d6"             \
    "b7f273aa5f087efb5c6f7b96134ceaa23b48e56c926a259b453b06cd1529b6601b295a2854d92b9f"             \
    "1c28ca1e0b1444"
#define RSA_E_LONG "01000000000000000d"
#define RSA_D_LONG                                                                                 \
    "8452ed552dc127fed8dd436745aa161ea1f34f79a21560aacf477166df8cbae15cbeade3bfb874ca"             \
    "d4686703c939e569afacd9f4bc1d84c05808fc683095977a1b5d72eea692600a0b813da75df0a77b"             \
    "8fd1a378fbd7aee6cc5a92d0c4b74d2a5ab7de1124ecd051cc17693d6d3db0e6ac8c4c70275220a5"             \
    "613e46bd6d0f1705"
#define DSA160_P                                                                                   \
    "b8e6116729931b466d3c5805dc39b48f6c1cd85c7db4a10bfc79f260f76803194a2d356eeb4799d6"             \
    "409bd6a68c1748d2c23c928cb3467e7e5cbd7b85a5fb38948ae059943c7e585975e08efa061237e4"             \
    "b3bdf35c05d7cc70929979a00e2b9a90f0e1fe877f745e6ba0289efb017612fb7d6a2108975b43cb"             \
    "be87b5522c80cf07"
#define DSA160_Q "b04c029d39f245556cd827839c62376961c0ab4f"
#define DSA160_G                                                                                   \
    "9e6537f4cf1a34e88ecdd0be30dbd4327be6dec8785cfe5c1f9329b38d5b8c4bbc4e931c0bd0bb31"             \
    "0ddb78532497b82347d16654e17b4fbd3fcea16d5c64226076768d1ed15c9c1e9cd961587a507f03"             \
    "21785f346bbc9d16a690ce8873867347c5c96e343b66e9c3a1f769412f4721d299bfb479be18a7c9"             \
    "3bf3ef7c13028c91"
#define DSA160_Y                                                                                   \
    "180dd8910eb4d031a367b7473668eafe0cd67c53f9ff8cec16081cd762837a5733fc116b59a5051c"             \
    "2f757c937f746993f35f99c0f85023e8968c7b39e0ce0777412536aa0de519c158443a3d75abe2e6"             \
    "d6e6f09b637907ffeaaa3db2edbf8de2c7bc5ee16397228f7b1f0ad0e96a4b2c1877213c474065aa"             \
    "2eb31fb67ca104da"
#define DSA160_X "26e24b59c98824c4be3ee793f727aef4077b30f6"
#define DSA160_R_SHA1 "73f5ce3d069982707d7c99560ce9c05f8b67630d"
#define DSA160_S_SHA1 "29eca71c7f4b732280965a1b3fda3acc2ad4ac2e"
#define DSA160_R_SHA512 "4d44c2b56d5e7706cd6cd473da7ecade03a4859f"
#define DSA160_S_SHA512 "2dd24ae32d923be34217313a510005216451a04a"
#define DSA160_Y_MOD_Q "a77b8ee0d403d5fd6635e84259d45455bd585f4f"
#define DSA160_G_MOD_Q "9146d91cc74fbcaca997e71e71bdae80080a76ba"
#define DSA160_HASH "4718d9eda9e7a52eb7a076aface0532f8be63d94"
#define DSA160_X_LARGE "d72e4df7037a6a1a2b170f179389e65d693bdc45"
#define DSA160_SMALL_Q "07"
#define DSA160_SMALL_G                                                                             \
    "6fe64fcc595c142be178e6d6c4c66a983c6c18dd0d1a0adbcea6e4350351587baba14da04b52045e"             \
    "2132d7a31ef46fc155e94ee44ec92e4150ea77b1cc7478904a03dc3ec94de516b5d979ada7a07728"             \
    "ac63c48b4c70ed11c4e92581f0d716e2a5219f0a4f7322fe1f39ac9d8e6a3522da886c1b87bc245c"             \
    "62b15cd150cf62c6"
#define DSA160_SMALL_Y                                                                             \
    "adb0b3ff39f8e9946290f788fcf8b4982d33a0f4be897e5d9029c9cd0cbee50acc186ba133cba49e"             \
    "6068f48729df0219bbe9bec40d2fb74ba28fa77129e9b48f4c149ac6cf39cc0aaa4a7c76b3b08c9a"             \
    "d67699a420288a3d3d54f4d391931d253876e50515c002c840afc0fc9e58e8a4afb2b96698a2f044"             \
    "e6e57ac0d7a49502"
#define DSA256_P                                                                                   \
    "a6f5b108b5fe3df8be76067348dcec5853365f073e1f669368fbbf5edc3c7e6faf3fff56c2e40d6d"             \
    "c78b08b67ef64295920dbe1b8bb4f7e039ba31db99f08e5ed25ad307ab30f069656ff909dfaa5eb5"             \
    "8b250d6b2115c51ffcc564e630c3dfa527f85f73757faec4d94b3de0c9870a94d43e099011cd3631"             \
    "c2b50b53090bf28d28e5328f15a0522f3868931370d676f8d4586a538b07aff4c4ead68902067ae6"             \
    "d12258cfb7af42f64cb4e4024c1580361f12e2726dad8c34fd0833ce40c0e7ba8b80b9e8e323974e"             \
    "8b36229cd5b36f02e45641a028f03c58b1b359c018253523ea00fb9e6c7e6bd6057cbb4ff1e80638"             \
    "d16ef871bb7763f5c9b36845ee339aab"
#define DSA256_Q "f3decf8f23bc45fdc4d519a8ca3b30ba0a972aa1549c87e40a6bfc7492216c2d"
#define DSA256_G                                                                                   \
    "56c4a8f08144dfcbac047e678865811953876c4bd865065e723fc7d87d3fdb018b5128c6d1bda8f7"             \
    "a3cdd64523de953f2677e6e731ec5f0668f279ccd4b58b15164205742c3888c6d91007692628326d"             \
    "16bb13ca7b72949f0a7e0b9a58d297ff239ad93f59051ebb4e727308fe2031ce9cbae99347e03e0d"             \
    "6c688ef92ef71de9d9618a43cb24971c8c4fe52455eb59a2caebe8d472e0f6edeb8877ed9b369536"             \
    "d0a2ce878ad65f35bc934ca9e94d213cf6006b637938ade8814aafff89047356b2346c0942756cf6"             \
    "5216af874dc2c8f5612497fce2f9a8a2ff062ead60ba55b8c1744f747ccb3e4462d0c4e5f7b50887"             \
    "d817ea6d3b71b5052f29a6e274b9f93e"
#define DSA256_Y                                                                                   \
    "54e23d1be261697743882ba1ae3903613dfdcff689ffe548cb61cc17ec131e1859280fed56f81139"             \
    "02bf113020a0067d06c24d81eafe64768948ea6e4ce241363d6397d2f3e82e0b470b070e6cb268f7"             \
    "ec5139814b77d6dbaaf1c873280d261605548be53cc4c16795d918021326961b5000f66cc62316c0"             \
    "f41d2951621515b4b7bae0c4d037d15502e25dadd46ce99ad680e3012f59fa8a9210899831809aad"             \
    "a1e927a9168a9aa9dd2b105b1f39a6dc6aa3a2ecf73fa1b2bc17cf6462a3153044d86f43c14f8b11"             \
    "6a74d01d51aba4463275089581240b7a7c0a373816348381e4a725e1e34d2ee43cdd37257b90e1e2"             \
    "0f117d68d6434d3be6a6c0273fc5bcd0"
#define DSA256_X "14489cd17941f816a2494af401038ccdf642a1b3d4ebff334e87241431c9862f"
#define DSA256_R_SHA1 "3227ade31a7c0bbdb01da6678994146ef43a3238d0b8eb35bf3b1b54ed2ce3bd"
#define DSA256_S_SHA1 "5ded52b5fa9893c413ab5f8b002af245688790b939511370553c29f26babee94"
#define DSA256_R_SHA512 "808af599820130ac3ed09512894a5a6b25e79c0c805d16ab7fb1141b6c40d838"
#define DSA256_S_SHA512 "3e033998acce6e9446b0ff96e7283d2751d3e064072a5f29d0f53bcfb8bc6796"
#define ELGAMAL_P                                                                                  \
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22"             \
    "514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6"             \
    "f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381"             \
    "ffffffffffffffff"
#define ELGAMAL_G "05"
#define ELGAMAL_Y                                                                                  \
    "db1473b9a161cca0eb2504ca69ece973bd9b5a96d0bc441420d015a2f073826937b0d1f8569edf76"             \
    "4b5f87066f69b4f8aa4ac42732b27645eb818060bcc67311ade42200f2e3a310f1334827b713bde0"             \
    "f2bdd65270c8b87f2e7b88056056022069be18d8ab63a6b80700fe8d5bbd853dfda0d998cd84c096"             \
    "733ded37d837858d"
#define ELGAMAL_X "074ccc011cdd9474031b7f26144b98289fcd59a54a7bb1fee08f571242425051c1ccd17f9aca"
#define ELGAMAL_PLAIN                                                                              \
    "00027f1038c54a22be406665ebe080152b73678d48e324d26fde8d48b56bfd5cafe362f63c27162e"             \
    "273ca93c047dd5972f444902266c895f9d9152f421b1dc84f49fa8aebe0e75e7dfc8f4e0afcd9065"             \
    "6667651b7ca367103112fd3600000102030405060708090a0b0c0d0e0f101112131415161718191a"             \
    "1b1c1d1e1f202122"
#define ELGAMAL_A                                                                                  \
    "f0b61fe1c1748d56084e9ebb84d0eff3313ba49831da3e23292f6fb5bd5bf4d49a05c86e22af1852"             \
    "4367040ac141c5fed6826b6a2f441cdee8301178c11d484f91e4174b095275716ff527e890784556"             \
    "a0a32f8567d4086a31ca1e3896012cc9bf062e38b56388a841e502458548aa46967e4b95cdc5cc61"             \
    "7d49bf6a70bdc90f"
#define ELGAMAL_B                                                                                  \
    "01e35cdf8f48692face83fa2efc888faa36c1d948f196a4ba27747288c95c4603dc1ef430536529d"             \
    "8a6ad43f316ff8355e89b4597c88fbfa650a9e8be9db1494e50ebc8766a439a751d06ed1962c0935"             \
    "2e3a4ab93431825611b3170f7bf0e17e538aa51dbac63d7e974bb2ec385ef89137d76bc6b98f616c"             \
    "b8bc3448807195a2"
/* Of a small group, or one that has small groups in it: y = g^3. */
static const struct small_group {
    const char *p, *g, *y;
} small_groups[] = {
    {/* 65521 divides p - 1 */
     "82a14b689dbd63531d5377590eb3267d33a2c2bba890a95a57fb1741a315696b3f9e448b74077cd2"
     "09db5527981ef4b50e003b31b47f89c89738cdf13b498b3ee4ffb4c9e1fac98de4a7a68a8e42900d"
     "6f2dcf08e2f730469a5096ce95748ede7d27d75defcd40f17469ebe0f08b92bf36da6b5373166546"
     "bb6e172a6af57acf",
     "81ec1f6f031bf7409236130fe40ec12e5a657d4dfdb19e9e919ced66111e8fb323e4ecd2eac23655"
     "d61a706e81aa58650e04a86a50aecd08a7413be42ac488ba78613c5b459d1b8c7fdbf6e45fb524f6"
     "9ecbe477f4a360bf61dd681c8c735badb87a4fd10898067f6f0c3d7870bbdd745c3cbdc5b188b8b3"
     "5c20629768d1efe6",
     "2332dda2e4f6c7ea9b31f2d559b910799c44da46115a131113ef7b2125c176c4ffb086ad04b05585"
     "1288fc0260fe8d3e1087de266951d2f967428edd50e79a2fe741f133334bd206a8c42264adcb0694"
     "20a63fa0eec84ab99d6a98e98d09460037bafc9bc4f94b8eba74f43981bd1608d0f2188c93b04758"
     "17f0faeb4d239079"},
    {/* p - 1 is a multiple of 8 */
     "bf4f419105559f8c023ecc754ef44498ace180e2a923e5f40acd2e0108b578bef3f62209ac2a7c71"
     "06d2bcaab9cc2f3304a2ec917b1740bc6574a92a4185857ca91c1004e3217eab2a444ff897252b2b"
     "947cf6a8d5b42fdfd9c0a40d052f27482a7530f0ad2ffc6741097f429863398b8152ece9b9a408fc"
     "2292e2a3a3279789",
     "be52d82606b8123b721e51df7b1cfeb539a3eb7de1ef7785919eafd7442f52f4ea46e7d21f3a5a29"
     "841c2ed4822ffb7d44664ad3602907f9adb58320e81bc9252d94f13e5b58a234b77766fcb3b21676"
     "bdd7caea0ef5233d0f34de6bf32df6849868012ed439d247cf8bbb454c9128037c644db5de38a35b"
     "9d700d6663dd1bc6",
     "335cd1dee753fc993367144d1fbcb0205dbed622416aa159812f071259f3525741bfa8cac29548b0"
     "78e661e62bb127ab1778f73bf28443b003ab432e6e3c1aee610eee9ab7922adac5b43214b00897c3"
     "0f0b828fc14a4ef5563b443b218d66851acd5e7a0ddeb66ef2914b9435ea5518b088bebc6fab173b"
     "b6e09c00df91fbe5"},
    {/* p is no prime */
     "554b589f9058913f31eadfee9aac1e3bc97d55767108221512678b56166db7d0d12c28e7e8a80b99"
     "479947d718ec3f56ad25a28c14c79d0179c73b4b733870ff2c24b41979bcbbb3e40ec9b51814403e"
     "2766eea3e7e7ad392594bdbb912d9999d771375962e045380196c4251b98f5bd6511da2c1e1af578"
     "87bea8e604612a9f",
     "1c0555df9afd55b11033f14c752aef6bde1c921cc8bbe459eeda6f5cb8c90d93b70fcde5070e897b"
     "a9ff4c8805c7652dab0d83ab852246393814a758edbf61e1e12db831b35f5305511329b08616ba45"
     "dca5fdce043bb2abd7ad2e83e49a186a15605cf871c0349053b75791f35466dbc32c55cb8cc9bb89"
     "6dc1c68cd14093e9",
     "2151d62e766f0690e8dfe5b3e5e2d1b0aea9ccfa36bcb9e802dde84d5e6fda1b396514f57d54fcb5"
     "578ce0f28884422f54d01cac5f243878bb666cc1ed3416a02541e7bab8dd9a9ccfaaf865dc959dcd"
     "8ccacfc56b4253fe8f4e604cf22b3436904339d309485499649d636e1dc38cde2db7302cf77fbbe1"
     "0d455a9c00667782"},
};
static const struct curve_vector {
    enum public_key_curve curve;
    const char *point, *scalar, *scalar_large, *their_point, *shared, *hash_r, *hash_s;
} curve_vectors[] = {
    {CURVE_P256,
     "04bb0493f881bc9b9b223e52be8360c4c4c1200cd630e59d9bf92417109ea3499e2aba8847a7724d"
     "c02bcedafd501d8c4a05686762f20e760cd2ae487bcbf1db3e",
     "0f1a358ca00d75985d99c94309570dc1951c2442f9298cb3a570ccec32",
     "010000000e1a358ca10d75985d99c9430913f4bc42c33be17e1d467e686d301183",
     "04aa00c913bdc1d8047c26cd6afbd7eb2e2d5b289836f220acd35dafa9a7f2962c8f6cd359305f56"
     "6820a8b446cafc00497563f3a8c42d9ad087dc607c61911a7b",
     "00f50feea4ffbed2b350917f1fe07ef4d9944fd2108b467224f078c592da5444",
     "0b35d9f5b946620e63838e204f23cf6ba758cb320d97991d5ced933f881b25f8",
     "1b854ee6afa62ab23a10860e9ecb003b7318852f7c1bb7feccd15054dd68b2dd"},
    {CURVE_P384,
     "04788b3e7c4d5cfaac0d6f67f044543305853d1716fbd9a2ed148a3d19e0517f9815dfb507401c96"
     "20795d0aea33ac2cfc697ffb539cf5e03f311c5c92b01ce604c48b7d1c76906c0a180fd59e11233b"
     "a6fb0f825aca8625f09b493276e2fcd429",
     "774bfa529ba3fe3bfada7cf20724d953ee261d87cec31f7296ab7961fd925d39d0a89a2ef80f58ee"
     "8571f4998d7d",
     "010000774bfa529ba3fe3bfada7cf20724d953ee261d87cec2e6d5e42d6d992b71b553de5ae2df9f"
     "8a45da9edcc15eb6f0",
     "04505278f601c23bde4c4f073d110332857d31b3dc34966294de98b6e47619a8e087bc2f56796ee3"
     "4efcc7e4d01d39750311537ac709243c0158f12438c8966017b6145532158f4dde547ea9a81f3314"
     "ab72c845b70076852fdc61b9e1df642f3e",
     "002da18806c1f67824ac232fb1c0ba1fe4ede2a3373f611a64a9ced1dd54a066f02ceefeb9f6b7e6"
     "8613b1432adb23c3",
     "8a19bc6866c9bbac544e658b80cad482e2bfd4c767165eb3054cc244286b123cf2c23121f1c4da5c"
     "ff784c57dafdb4d0",
     "1c07f782a24b71b9f962d0121d214b6231f6048d7b981d1234d4c17b1418bd3166324d239e567cc5"
     "f18e45de45fefd6e"},
    {CURVE_P521,
     "0400bdfa0200d861c5aee6fa7d882cf77308382f9ad05d02a776bbccaad2052ab384bf3f228487dc"
     "277903fa628a206444847bc3f5f2d141063d731b776e35da02487f013ecd6e3ac96dc0f9847965b7"
     "8cc1bf832a962924659ccddefc5a9456e48f749a8861033b1ea74f94ea5800df3d114a860db667ae"
     "a8e18a68b4a9126d71fbd60eb3",
     "558688e883a1d45de0099784b5a81842d87208d86f40f6b239f3c7174c77a2dd02de92a49636a2fa"
     "7f0eab4c4f9b0687322e25c215a82a06ec41adea057544",
     "020000558688e883a1d45de0099784b5a81842d87208d86f40f6b239f3c7174c779d2e89661663c5"
     "cd0e7a4b0ff4435940d6c2e7f7de4bb1efd8c25bf8cc7b3dd94d",
     "0401d73899fb28bbcd8e68ee58f1dc5b03ed6629f1869abb19e0756997c327796daf4897adbaead3"
     "2cf7e0557cf45ff6034f9ebd836f75b4f66e4f7bb84b00989cea4f0095aefdebbc6ce77c1011a4df"
     "0dd5ac751082bf315b9ebf9b812244b7e6afb5404545bbd11dc31c72aa696f002b28ea34f7af36d8"
     "bd46a124e360816a1e0c936a18",
     "0042827c3437aba0a6e34f83c41919cb159db5cdc40bee00c03bea7d92d71e98237902fda57f1f61"
     "2d83f027a794f81cab4fb9148ec96ad4ca43fb00a1873b5e2f65",
     "01c18d8f4308511170299fa3fc3fe6e58ba7b35c6f60d1c90b6497d707697beb339587fdcf182ff5"
     "bc394f940828f59cdf5a402b2c8c6f6f6bc1a6e34bdd9b2c1d05",
     "6372e6f0caa891547e36311da634faa0ee0dabc0610d1d2941d01528f9481aec14ccb1a7f0728a4a"
     "b3cae5cd28f3bcfac46274e6c63b291b4963289826dd3f9612"},
    {CURVE_BRAINPOOL_P256,
     "0435d22e27604f2657f3ff2e42515a9eb706cc0d0876f9db7f21d077fea129690c5b3de23d5daeb2"
     "52462978670cd8ccf5e3f9bdd23f4cff91168be9b39bf6685a",
     "727d5822cb77f4de2c089aea6429b1491e243192b7044259405278e4b98e",
     "a9fbca58fa11753433443699386df19b3d8298c7e6f45dfbd2774ed5102d1035",
     "043d80d6741b8786311f17621b56233200b1de63a83660f995b9e43772f0931a968e108f2b87f4c1"
     "8386331a3f882d51c07cd0e7528335099e6f740dad413eb6dd",
     "0037b205730778c3c560e7a80a0f3b63947d9cdb8b0373323ac2d3feed173ea4",
     "649ae9d9225ba5f1f815bb83053994cd47200747b1054fdb5c81065a09d9c2b0",
     "a44b9f68d23cafea2e5d965b48e4794dd621be7ef24112585f24a4abca6bc65e"},
    {CURVE_BRAINPOOL_P384,
     "045d62136b726503b9c9a5484fe1a5b1d9ac8108181b58ec123f61df81e0712e97b123756e2356db"
     "e7bfe5606b5bdbe1d715c9e93ba217a79ce09b1ec0621963bb6f29bf3890d10c7da74c18d7e11e24"
     "87ba0dfaedf56a4f9d4765b62a4253cf55",
     "7a60330698a1c0093492b6246771c845007063771407e8e727891eb20109a91c2439d5ab8b4d15b4"
     "0aeba4a45f00",
     "8cb998e2d63f05c9cf66a411070aa950dd74717a50cb6abb07fd95f5cab626b17856dae9412b4e5d"
     "513c3cee8da8c465",
     "04049b1db39bb8dfcb6a22c1d32a1f6d73517c35d2301d32e95f47a60ef6f93eab18d12e6768ff11"
     "8758036444d541141c5cd3d91e6b00b4a72523a9746a684cd485717816e12f5822903954951d33d9"
     "2d3af203ed9701b9ad45c8044303128d26",
     "0095fb55121e394d7d12f3eaee866148d95b692f8bc34fde4e1c4341731970b8f0ac236ed19dded5"
     "7c867291bee13b4a",
     "6535aae9359f2f2616c163b034a958ba3b766901984dc04a372a91c9c86f826eb29395f43d2befad"
     "0d2851156d0d6b6c",
     "2ed2808a0f995a91ccaacbd1be80bc67647a5f60904316abff4b2c2c7ecc6a293d6d4b345509b039"
     "fc0833c5262ee254"},
    {CURVE_BRAINPOOL_P512,
     "04928b421d8cc4c79837486a46c3834db0ce509e7d7fdd5bcf85df90e90a77257882b05fdf6681b1"
     "0d7c79291387dfc2388d60a369a3b3b76b4e55bccc4378971e3875992405d13f410624d089ad521d"
     "23933ed97da61f5bc48d5f70dac5b90dba1d990ce54275ad5ff4ce4854a297b59649add9676c2b4b"
     "f38629d21648734e77",
     "8c7427e9e06f59b44e92effddeeaa842bc19796f74adfaf55496988af3fbd39630d69c9011ef256b"
     "adf9a7e6529bce76e9f477216e9ee7a46309973f7987",
     "aade2a2d03d3a4fa9989354123c7daf2737349cd2d3946bcd158f16108bdfc6c28d48d17e9393808"
     "66f20f13279262e2ec28bd757f7f497c9d2bf98c33e879f0",
     "042bfd07c3c12ae0791e046b94a258685c6933024dc607de2dbaa392c19ec8481be0d7d21780a247"
     "82bad92492df43dcfa9446150f626408afe3c67d0840f38fec4aafce80e5dfd91aea2388217f0b6f"
     "1aa60fd35d08aae994dee233f405beecaabba42972492932a83c79556e25935e08ee1066df904506"
     "6c7b7bd7430398407e",
     "00962a43d55fd4321c34efd1d7bbc9ecee1899fe01768616849e4a6d33984d35715b84129e6d6f16"
     "717f68a8bfee7df75efa11ef5767f5d239e591df9b28f301",
     "39c4970a50b6b196c5e72e6896596152e1cb30b3da717ef8aa01109585e4401714b8560115300022"
     "c0a97c74069e683e620dd76c25a81c1ccd93fa5b9fcec1a5",
     "6720b2dd77d8b484c12a70b19819073439bedd4efc4c7d558ae3a86844845d4f7572972b133132c0"
     "1e22287329029cf9b37c8acc4d6893c4b37d0ac52ae61aac"},
};
#define P256_GENERATOR                                                                             \
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f"             \
    "9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define P256_X_IS_ZERO                                                                             \
    "04000000000000000000000000000000000000000000000000000000000000000066485c780e2f83"             \
    "d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"
#define ED448_SEED                                                                                 \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"             \
    "28292a2b2c2d2e2f303132333435363738"
#define ED448_POINT                                                                                \
    "18d0a70e42a742dfb561279893385061d7b4dad8f6feed4791eaab66b2f4a4f02fc09462a8bfb184"             \
    "2d0bac60e8a1b3e55ba2407f33226f3800"
#define ED448_SIGNATURE                                                                            \
    "5cb444766168a3079de404c32a8acdc41c37a80594569533fcde9153e76f1f75c64991dae2d29df1"             \
    "4ec0c1c9645dc9b980956718afb212c60053b25902c64b30bb57cc98736fe7a1c00cefceedb62c5a"             \
    "ebb238333d7c2d3d6203beef809a84ce4afa324216c3e0d31c8f22fbd9ca2c8e2e00"
#define ED25519_SHORT_SEED "030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
#define ED25519_SHORT_POINT "edc22a9e2c9937730a1d021c6cce016fbdeb9304fe08e208a6d5f3d769b5c69f"

#endif
